using System.Collections.Immutable;

namespace Sync;

/// <summary>
/// The rules of one table without its type, so that they can be held by table name. Each call is one run: a rule that asked for what is not loaded
/// comes to <see cref="RuleOutcome.Needs"/>, whatever it returned or threw; else one that throws gives no access. <see cref="Caller.App"/> is allowed everything.
/// The bound on rounds is the caller's.
/// </summary>
internal abstract class PermissionRules
{
    private protected PermissionRules(TableModel table) => Table = table;

    public TableModel Table { get; }

    /// <summary>How the rules are called where they are explained.</summary>
    public abstract string Name { get; }

    /// <summary>May this record be read? A tombstone may not, nor a record that the type cannot read.</summary>
    public abstract RuleOutcome MayRead(Caller caller, Record record, IRelatedSource source);

    /// <summary>May this change be made? Null and tombstones stand for "no record". A side that the type cannot read is denied.</summary>
    public abstract RuleOutcome MayWrite(Caller caller, RecordKey key, Record? before, Record? after, IRelatedSource source);

    /// <summary>
    /// Conditions that hold for every record that this caller may read, none known being an empty list. Denied (the rule threw): nothing may be read.
    /// </summary>
    public abstract RuleOutcome Readable(Caller caller, IRelatedSource source, out ImmutableArray<QueryCondition> conditions);
}
