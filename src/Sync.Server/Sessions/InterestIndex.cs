namespace Sync.Server;

/// <summary>
/// Who is interested in which records: by id, by the value of a field (of a list: by each element), or in a whole table. Finding costs what is
/// found, plus one look per field that somebody of that table watches.
/// </summary>
internal sealed class InterestIndex<T> where T : class
{
    private readonly Dictionary<string, TableInterest> _tables = [];

    public void Add(Interest interest, T who)
    {
        if (!_tables.TryGetValue(interest.Table, out var table)) _tables[interest.Table] = table = new TableInterest();
        table.Add(interest, who);
    }

    public void Remove(Interest interest, T who)
    {
        if (!_tables.TryGetValue(interest.Table, out var table)) return;
        table.Remove(interest, who);
        if (table.IsEmpty) _tables.Remove(interest.Table);
    }

    /// <summary>Everybody whom the image before or the image after concerns.</summary>
    public void Find(RecordChange change, HashSet<T> found)
    {
        if (!_tables.TryGetValue(change.Key.Table, out var table)) return;
        table.FindByKey(change.Key.Id, found);
        if (change.Before is { IsDeleted: false } before) table.FindByValue(before, found);
        if (!change.After.IsDeleted) table.FindByValue(change.After, found);
    }

    private sealed class TableInterest
    {
        private readonly Dictionary<string, Crowd<T>> _byId = new(StringComparer.Ordinal);
        private readonly Dictionary<FieldPath, Dictionary<CanonicalJson, Crowd<T>>> _byField = [];
        private readonly HashSet<T> _whole = [];

        public bool IsEmpty => _byId.Count == 0 && _byField.Count == 0 && _whole.Count == 0;

        public void Add(Interest interest, T who)
        {
            switch (interest)
            {
                case Interest.InRecord one: _byId.Join(one.Id, who); break;
                case Interest.InValue value:
                    if (!_byField.TryGetValue(value.Field, out var values)) _byField[value.Field] = values = [];
                    values.Join(KeyOf(value.Value), who);
                    break;
                case Interest.InTable: _whole.Add(who); break;
                default: throw new InvalidOperationException($"No case for {interest}.");
            }
        }

        public void Remove(Interest interest, T who)
        {
            switch (interest)
            {
                case Interest.InRecord one: _byId.Leave(one.Id, who); break;
                case Interest.InValue value:
                    if (!_byField.TryGetValue(value.Field, out var values)) break;
                    values.Leave(KeyOf(value.Value), who);
                    if (values.Count == 0) _byField.Remove(value.Field);
                    break;
                case Interest.InTable: _whole.Remove(who); break;
                default: throw new InvalidOperationException($"No case for {interest}.");
            }
        }

        private static CanonicalJson KeyOf(CanonicalJson value) => value.IsMissing ? CanonicalJson.Null : value;

        public void FindByKey(string id, HashSet<T> found)
        {
            if (_byId.TryGetValue(id, out var crowd)) crowd.AddTo(found);
            found.UnionWith(_whole);
        }

        public void FindByValue(Record image, HashSet<T> found)
        {
            foreach (var (field, crowds) in _byField)
            {
                foreach (var value in LookupRule.ValuesOf(image, field))
                {
                    if (crowds.TryGetValue(value, out var crowd)) crowd.AddTo(found);
                }
            }
        }
    }
}
