using System.Collections.Immutable;

namespace Sync;

/// <summary>Runs one table's rules over typed records.</summary>
internal sealed class PermissionRules<T>(SyncModel model, Permissions<T> permissions) : PermissionRules(model.TableOf<T>()) where T : class
{
    private readonly TableModel<T> _table = model.TableOf<T>();

    public override string Name { get; } = permissions.ToString();

    public override RuleOutcome MayRead(Caller caller, Record record, IRelatedSource source)
    {
        if (record.IsDeleted) return RuleOutcome.Denied.NoRule;
        if (caller.IsApp) return RuleOutcome.Allowed.Freely;
        if (_table.ReadShared(record) is not { } typed) return RuleOutcome.Denied.NoRule;

        var run = new RuleRun(model, source);
        try
        {
            return run.Ends(permissions.MayRead(caller, typed, run) ? Verdict.Allow : Verdict.Deny());
        }
        catch (Exception fault) // An app's rule may throw anything, and all of it means no access.
        {
            return run.EndsWith(fault);
        }
    }

    public override RuleOutcome MayWrite(Caller caller, RecordKey key, Record? before, Record? after, IRelatedSource source)
    {
        if (caller.IsApp) return RuleOutcome.Allowed.Freely;
        if (!TrySide(before, out var typedBefore) || !TrySide(after, out var typedAfter)) return RuleOutcome.Denied.NoRule;
        if (typedBefore is null && typedAfter is null) return RuleOutcome.Denied.NoRule;
        var last = before is { IsDeleted: true } ? _table.ReadShared(before) : null;

        var run = new RuleRun(model, source);
        try
        {
            return run.Ends(permissions.MayWrite(caller, new Change<T>(_table, key.Id, typedBefore, typedAfter, last), run));
        }
        catch (Exception fault) // As above.
        {
            return run.EndsWith(fault);
        }
    }

    public override RuleOutcome Readable(Caller caller, IRelatedSource source, out ImmutableArray<QueryCondition> conditions)
    {
        conditions = [];
        if (caller.IsApp) return RuleOutcome.Allowed.Freely;

        var run = new RuleRun(model, source);
        try
        {
            var known = permissions.Readable(caller, run) is { IsDefaultOrEmpty: false } some ? _table.CheckConditions(some) : [];
            var outcome = run.Ends(Verdict.Allow);
            if (outcome.IsAllowed) conditions = known;
            return outcome;
        }
        catch (Exception fault) // As above.
        {
            return run.EndsWith(fault);
        }
    }

    private bool TrySide(Record? record, out T? typed)
    {
        typed = record is null or { IsDeleted: true } ? null : _table.ReadShared(record);
        return typed is not null || record is null or { IsDeleted: true };
    }
}
