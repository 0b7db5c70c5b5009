using System.Linq.Expressions;

namespace Sync;

/// <summary>One run of one rule: answers what it asks from the source and writes down each question.</summary>
internal sealed class RuleRun(SyncModel model, IRelatedSource source) : Related
{
    private readonly ReadsList _reads = new();
    private readonly ReadsList _missing = new();

    public override T? Get<T>(string? id) where T : class
    {
        var table = model.TableOf<T>();
        if (string.IsNullOrEmpty(id)) return null;

        var key = new RecordKey(table.Name, id);
        _reads.Add(key);
        if (source.TryGet(key, out var record)) return record is null || table.IsDeleted(record) ? null : table.ReadShared(record);
        _missing.Add(key);
        return null;
    }

    public override IReadOnlyList<T> Where<T, TValue>(Expression<Func<T, TValue>> field, object? value) where T : class
    {
        var table = model.TableOf<T>();
        return [.. from record in Find(table, table.LookupOf(field, value)) let typed = table.ReadShared(record) where typed is not null select typed];
    }

    public override QueryCondition EqualTo<T, TValue>(Expression<Func<T, TValue>> field, TValue value)
    {
        var table = model.TableOf<T>();
        var path = table.PathOf(field);
        return new QueryCondition.EqualTo(path, table.WriteValue(path, value));
    }

    public override QueryCondition AnyOf<T, TValue>(Expression<Func<T, TValue>> field, IEnumerable<TValue> values)
    {
        var table = model.TableOf<T>();
        var path = table.PathOf(field);
        return new QueryCondition.AnyOf(path, [.. values.Select(value => table.WriteValue(path, value))]);
    }

    public override QueryCondition Contains<T, TItem>(Expression<Func<T, IEnumerable<TItem>?>> field, TItem value)
    {
        var table = model.TableOf<T>();
        var path = table.PathOf(field);
        return new QueryCondition.Contains(path, table.WriteValue(path, value));
    }

    internal override bool HasIndex<T, TValue>(Expression<Func<T, TValue>> field)
    {
        var table = model.TableOf<T>();
        return table.Indexes.Contains(table.PathOf(field));
    }

    internal override IReadOnlyList<string> IdsWhere<T, TValue>(Expression<Func<T, TValue>> field, object? value)
    {
        var table = model.TableOf<T>();
        return [.. Find(table, table.LookupOf(field, value)).Select(record => record.Id)];
    }

    public RuleOutcome Ends(Verdict verdict)
    {
        if (!_missing.IsEmpty) return Needs();
        if (!verdict.IsAllowed) return new RuleOutcome.Denied(verdict.Code ?? ErrorCodes.NotAllowed, _reads.ToReads());
        return _reads.IsEmpty ? RuleOutcome.Allowed.Freely : new RuleOutcome.Allowed(_reads.ToReads());
    }

    public RuleOutcome EndsWith(Exception fault) => _missing.IsEmpty ? new RuleOutcome.Denied(ErrorCodes.NotAllowed, _reads.ToReads(), fault) : Needs();

    private IEnumerable<Record> Find(TableModel table, RelatedLookup lookup)
    {
        _reads.Add(lookup);
        if (source.TryFind(lookup, out var records)) return records.Where(record => !table.IsDeleted(record));
        _missing.Add(lookup);
        return [];
    }

    private RuleOutcome.Needs Needs() => new(_missing.ToReads(), _reads.ToReads());

    /// <summary>Mostly a handful of questions, so a scan; a rule that asks many times gets sets.</summary>
    private sealed class ReadsList
    {
        private const int MaxScanned = 8;

        private List<RecordKey>? _keys;
        private HashSet<RecordKey>? _keySet;
        private List<RelatedLookup>? _lookups;
        private HashSet<RelatedLookup>? _lookupSet;

        public bool IsEmpty => _keys is null && _lookups is null;

        public void Add(RecordKey key) => AddOnce(ref _keys, ref _keySet, key);
        public void Add(RelatedLookup lookup) => AddOnce(ref _lookups, ref _lookupSet, lookup);

        public RuleReads ToReads() => IsEmpty ? RuleReads.None : new([.. _keys ?? []], [.. _lookups ?? []]);

        private static void AddOnce<TItem>(ref List<TItem>? items, ref HashSet<TItem>? set, TItem item)
        {
            items ??= [];
            if (set is null && items.Count >= MaxScanned) set = [.. items];
            if (set is null ? items.Contains(item) : !set.Add(item)) return;
            items.Add(item);
        }
    }
}
