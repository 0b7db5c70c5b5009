using System.Collections.Frozen;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Sync.Server;

/// <summary>The rules of all tables. A table without one gives no access; slow and throwing rules are named in the log.</summary>
internal sealed class RuleBook(SyncModel model, IEnumerable<PermissionRules> rules, TimeProvider time, TimeSpan slow, ILogger logger)
{
    private readonly FrozenDictionary<string, PermissionRules> _rules = rules.ToFrozenDictionary(rule => rule.Table.Name, StringComparer.Ordinal);

    public IEnumerable<TableModel> TablesWithoutRule => model.Tables.Where(table => !table.IsServerOnly && !_rules.ContainsKey(table.Name));

    /// <summary>How the rules of a table are called; null where it has none.</summary>
    public string? NameOf(string table) => RulesOf(table)?.Name;

    public RuleOutcome MayRead(Caller caller, Record record, IRelatedSource source)
    {
        if (record.IsDeleted) return RuleOutcome.Denied.NoRule;
        if (caller.IsApp) return RuleOutcome.Allowed.Freely;
        return RulesOf(record.Table) is { } rules ? Timed("read", rules, (rules, caller, record, source), static x => x.rules.MayRead(x.caller, x.record, x.source)) : RuleOutcome.Denied.NoRule;
    }

    public RuleOutcome MayWrite(Caller caller, RecordKey key, Record? before, Record? after, IRelatedSource source)
    {
        if (caller.IsApp) return RuleOutcome.Allowed.Freely;
        return RulesOf(key.Table) is { } rules
            ? Timed("write", rules, (rules, caller, key, before, after, source), static x => x.rules.MayWrite(x.caller, x.key, x.before, x.after, x.source))
            : RuleOutcome.Denied.NoRule;
    }

    public RuleOutcome Readable(Caller caller, string table, IRelatedSource source, out ImmutableArray<QueryCondition> conditions)
    {
        conditions = [];
        if (caller.IsApp) return RuleOutcome.Allowed.Freely;
        if (RulesOf(table) is not { } rules) return RuleOutcome.Denied.NoRule;

        var found = conditions;
        var outcome = Timed("readable", rules, 0, _ => rules.Readable(caller, source, out found));
        conditions = found;
        return outcome;
    }

    private PermissionRules? RulesOf(string table) => model.Find(table) is { IsServerOnly: false } ? _rules.GetValueOrDefault(table) : null;

    private RuleOutcome Timed<TState>(string rule, PermissionRules rules, TState state, Func<TState, RuleOutcome> run)
    {
        var started = time.GetTimestamp();
        var outcome = run(state);
        var took = time.GetElapsedTime(started);

        if (SyncDiagnostics.RuleTime.Enabled) SyncDiagnostics.RuleTime.Record(took.TotalSeconds, new("table", rules.Table.Name), new("rule", rule));
        if (took >= slow) logger.SlowRule(rule, rules.Table.Name, took.TotalMilliseconds);
        if (outcome is RuleOutcome.Denied { Fault: { } fault })
        {
            SyncDiagnostics.RuleFaults.Add(1, new KeyValuePair<string, object?>("table", rules.Table.Name));
            logger.RuleThrew(fault, rule, rules.Table.Name);
        }
        return outcome;
    }
}
