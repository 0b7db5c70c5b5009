namespace Sync.Server.Postgres;

/// <summary>
/// The rows of some changes as statements, one for each table and kind of change. What refers to others is written behind what it refers to and deleted before it; where the database
/// judges references at the end of the transaction only, deletes come before inserts, so that a unique value is free again.
/// </summary>
internal sealed class RecordWriter(StoreTables tables)
{
    /// <param name="changes">Each record once.</param>
    /// <param name="isRestored">Whether a record that comes back takes the columns that its tombstone keeps.</param>
    public IEnumerable<SqlDraft> Write(IReadOnlyCollection<RecordChange> changes, Func<RecordKey, bool> isRestored)
    {
        var ofTables = tables.ParentsFirst
            .Select(table => new TableChanges(table, changes.Where(c => c.Key.Table == table.Name), isRestored))
            .Where(c => !c.IsEmpty).ToList();

        foreach (var sql in ofTables.SelectMany(c => c.Locks)) yield return sql;
        foreach (var sql in ofTables.SelectMany(c => c.Tombstones)) yield return sql;
        if (!tables.MayDeferReferences)
        {
            foreach (var sql in ofTables.SelectMany(c => c.Inserts)) yield return sql;
        }
        foreach (var sql in ofTables.SelectMany(c => c.Updates)) yield return sql;
        foreach (var sql in Enumerable.Reverse(ofTables).SelectMany(c => c.Deletes)) yield return sql;
        if (tables.MayDeferReferences)
        {
            foreach (var sql in ofTables.SelectMany(c => c.Inserts)) yield return sql;
        }
    }

    private sealed class TableChanges(StoredTable table, IEnumerable<RecordChange> changes, Func<RecordKey, bool> isRestored)
    {
        private readonly List<RecordChange> _changes = [.. changes];

        public bool IsEmpty => _changes.Count == 0;

        private List<RecordChange> Updated => _changes.FindAll(c => IsLive(c.Before) && !c.After.IsDeleted);
        private List<RecordChange> Deleted => _changes.FindAll(c => IsLive(c.Before) && c.After.IsDeleted);
        private List<RecordChange> Inserted => _changes.FindAll(c => !IsLive(c.Before) && !c.After.IsDeleted);

        /// <summary>Rows that others hold are not waited for: whoever left a transaction open must stop nobody.</summary>
        public IEnumerable<SqlDraft> Locks
        {
            get
            {
                if (!table.IsRelational) yield break;
                if (Updated.Count > 0) yield return Lock(Updated, "FOR NO KEY UPDATE");
                if (Deleted.Count > 0) yield return Lock(Deleted, "FOR UPDATE");
            }
        }

        public IEnumerable<SqlDraft> Tombstones => _changes.FindAll(c => c.After.IsDeleted) is { Count: > 0 } deleted ? [Postgres.Tombstones.Put(table, [.. deleted.Select(c => c.After)])] : [];

        public IEnumerable<SqlDraft> Updates => Updated is { Count: > 0 } updated ? table.Update(updated) : [];

        public IEnumerable<SqlDraft> Deletes => Deleted is { Count: > 0 } deleted ? table.Delete([.. deleted.Select(c => c.Before!)]) : [];

        public IEnumerable<SqlDraft> Inserts
        {
            get
            {
                if (Inserted is not { Count: > 0 } inserted) return [];
                var returned = inserted.FindAll(c => c.Before is not null);
                var inserts = table.Insert([.. inserted.Select(c => c.After)], [.. returned.Where(c => isRestored(c.Key)).Select(c => c.Key.Id)]);
                return returned.Count == 0 ? inserts : inserts.Append(Postgres.Tombstones.Remove(table, returned.Select(c => c.Key.Id)));
            }
        }

        private SqlDraft Lock(List<RecordChange> rows, string strength)
        {
            var sql = new SqlDraft();
            var ids = sql.AddTexts(rows.Select(c => c.Key.Id));
            sql.Append($"SELECT sync.answer('{Answers.Blocked}', json_agg(v.id)::text) FROM unnest({ids}) AS v (id)");
            sql.Append($" LEFT JOIN (SELECT {table.IdText("t")} AS id FROM {table.SqlName} AS t WHERE {table.IsOneOf("t", ids)} {strength} SKIP LOCKED) AS l");
            return sql.Append($" ON l.id = v.id WHERE l.id IS NULL HAVING count(*) > 0");
        }

        private static bool IsLive(Record? side) => side is { IsDeleted: false };
    }
}
