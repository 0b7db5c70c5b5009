namespace Sync.Server;

/// <summary>The records and tombstones of one table, with an index for each indexed field.</summary>
internal sealed class MemoryTable(TableModel model)
{
    private readonly Dictionary<string, Record> _records = new(StringComparer.Ordinal);
    private readonly Dictionary<FieldPath, Dictionary<CanonicalJson, HashSet<string>>> _indexes = model.Indexes.Distinct().ToDictionary(path => path, _ => new Dictionary<CanonicalJson, HashSet<string>>());

    public Record? Find(string id) => _records.GetValueOrDefault(id);

    public void Put(Record record)
    {
        if (_records.TryGetValue(record.Id, out var before)) Unlist(before);
        _records[record.Id] = record;
        if (!record.IsDeleted) List(record);
    }

    /// <summary>The live records that a lookup finds, in the order of ids by code point.</summary>
    public IReadOnlyList<Record> Find(RelatedLookup lookup) =>
        [.. Candidates(lookup.Field, [lookup.Value]).Where(record => lookup.Finds(record)).OrderBy(record => record.Id, CodePoints)];

    public IEnumerable<Record> Find(Query query) => Candidates(query).Where(query.Matches).Order(Comparer<Record>.Create(query.Compare));

    /// <summary>A superset of what the query yields, small where one of its conditions has an index.</summary>
    private IEnumerable<Record> Candidates(Query query)
    {
        foreach (var condition in query.Where)
        {
            if (ValuesOf(condition) is { } values && (condition.Path.IsId || _indexes.ContainsKey(condition.Path))) return Candidates(condition.Path, values);
        }
        return _records.Values;
    }

    private IEnumerable<Record> Candidates(FieldPath path, IEnumerable<CanonicalJson> values)
    {
        if (path.IsId) return values.Select(value => Find(value.AsString() ?? "")).OfType<Record>().Distinct();
        if (!_indexes.TryGetValue(path, out var index)) return _records.Values;
        return values.SelectMany(value => index.GetValueOrDefault(value.IsMissing ? CanonicalJson.Null : value) ?? []).Distinct().Select(id => _records[id]);
    }

    private static IEnumerable<CanonicalJson>? ValuesOf(QueryCondition condition) => condition switch
    {
        QueryCondition.EqualTo equal => [equal.Value],
        QueryCondition.Contains contains => [contains.Value],
        QueryCondition.AnyOf any => any.Values.IsDefault ? [] : any.Values,
        _ => null,
    };

    private void List(Record record)
    {
        foreach (var (path, index) in _indexes)
        {
            foreach (var value in LookupRule.ValuesOf(record, path))
            {
                if (!index.TryGetValue(value, out var ids)) index[value] = ids = new HashSet<string>(StringComparer.Ordinal);
                ids.Add(record.Id);
            }
        }
    }

    private void Unlist(Record record)
    {
        foreach (var (path, index) in _indexes)
        {
            foreach (var value in LookupRule.ValuesOf(record, path))
            {
                if (!index.TryGetValue(value, out var ids)) continue;
                ids.Remove(record.Id);
                if (ids.Count == 0) index.Remove(value);
            }
        }
    }

    private static readonly Comparer<string> CodePoints = Comparer<string>.Create(CodePointOrder.Compare);
}
