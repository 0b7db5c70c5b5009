using System.Collections.Immutable;

namespace Sync.Server.Postgres;

/// <summary>Rows as statements of many rows each. A statement's text depends on its columns only.</summary>
internal sealed class RowWriting(RelationalShape shape, RowFields fields, HiddenColumns hidden)
{
    private readonly ImmutableArray<Column> _columns = shape.Columns;
    private readonly string _version = Sql.Name(shape.Version.Name);

    public IEnumerable<SqlDraft> Insert(IReadOnlyList<Record> records, IReadOnlyCollection<string> restored)
    {
        var rows = records.Select(r => (Record: r, Values: fields.Split(r.Fields, out _), IsRestored: restored.Contains(r.Id))).ToList();
        foreach (var group in rows.GroupBy(r => (r.IsRestored, Columns: Key(WrittenIn(r.Values, r.IsRestored)))))
        {
            var members = group.ToList();
            var places = WrittenIn(members[0].Values, group.Key.IsRestored);
            yield return Insert(members.ConvertAll(m => (m.Record, m.Values)), places, group.Key.IsRestored && !hidden.AreNone);
        }
    }

    public IEnumerable<SqlDraft> Update(IReadOnlyList<RecordChange> changes)
    {
        var rows = changes.Select(c => (c.After, Now: fields.Split(c.After.Fields, out _), Changed: Changed(c))).ToList();
        foreach (var group in rows.GroupBy(r => Key(r.Changed)))
        {
            var members = group.ToList();
            yield return Update(members.ConvertAll(m => (m.After, m.Now)), members[0].Changed);
        }
    }

    public IEnumerable<SqlDraft> Delete(IReadOnlyList<Record> before)
    {
        var delete = new SqlDraft();
        yield return delete.Append($"DELETE FROM {shape.SqlTable} AS t WHERE {shape.Ids.IsOneOf("t", delete.AddTexts(before.Select(r => r.Id)))}");
    }

    private SqlDraft Insert(List<(Record Record, CanonicalJson[] Values)> rows, List<int> places, bool isRestored)
    {
        var insert = new SqlDraft();
        var given = Given(insert, rows, places);
        string[] names = [.. shape.Ids.Parts.Select(p => p.SqlName), _version, .. places.Select(p => _columns[p].SqlName), .. isRestored ? hidden.Names : []];
        string[] values = [.. shape.Ids.Values("v.id"), "v.version", .. places.Select((p, i) => Cast(p, i)), .. isRestored ? hidden.Write("x.hidden") : []];
        var kept = isRestored ? $" LEFT JOIN LATERAL (SELECT o.hidden::jsonb FROM sync.tombstones AS o WHERE o.record_table = {Sql.Text(shape.Model.Name)} AND o.id = v.id) AS x (hidden) ON true" : "";
        insert.Append($"INSERT INTO {shape.SqlTable} ({string.Join(", ", names)})");
        if (places.Any(p => _columns[p].InTable.IsAlwaysIdentity) || (isRestored && hidden.HasIdentities)) insert.Append(" OVERRIDING SYSTEM VALUE");
        return insert.Append($" SELECT {string.Join(", ", values)} FROM {given}{kept}");
    }

    private SqlDraft Update(List<(Record Record, CanonicalJson[] Values)> rows, List<int> places)
    {
        var update = new SqlDraft();
        var given = Given(update, rows, places);
        var sets = places.Select((p, i) => $", {_columns[p].SqlName} = {Cast(p, i)}");
        update.Append($"WITH w AS (UPDATE {shape.SqlTable} AS t SET {_version} = v.version{string.Concat(sets)} FROM {given} WHERE {shape.Ids.Is("t", "v.id")} RETURNING 1)");
        return update.Append($" SELECT sync.must_write((SELECT count(*) FROM w), {update.AddLong(rows.Count)})");
    }

    /// <summary><c>unnest(…) AS v (id, version, c0, …)</c>, all but the version as text.</summary>
    private string Given(SqlDraft sql, List<(Record Record, CanonicalJson[] Values)> rows, List<int> places)
    {
        string[] lists = [sql.AddTexts(rows.Select(r => r.Record.Id)), sql.AddLongs(rows.Select(r => r.Record.Version)), .. places.Select(p => sql.AddTexts(rows.Select(r => _columns[p].ToText(r.Values[p]))))];
        return $"unnest({string.Join(", ", lists)}) AS v (id, version{string.Concat(places.Select((_, i) => $", c{i}"))})";
    }

    private string Cast(int place, int i) => $"v.c{i}::{_columns[place].Codec.SqlType}";

    /// <summary>Not what only the database sets, nor where it has a value of its own for a field that is missing. A restored row gets back what the database once set.</summary>
    private List<int> WrittenIn(CanonicalJson[] values, bool isRestored)
    {
        var places = new List<int>(_columns.Length);
        for (var i = 0; i < values.Length; i++)
        {
            var column = _columns[i];
            if (shape.PlaceInId(column) >= 0 || column.InTable.IsGenerated || (column.InTable.IsAlwaysIdentity && !isRestored)) continue;
            if (values[i].IsMissingOrNull && column.Default is ColumnDefault.ByDatabase) continue;
            places.Add(i);
        }

        return places;
    }

    private List<int> Changed(RecordChange change)
    {
        var old = fields.Split(change.Before!.Fields, out _);
        var now = fields.Split(change.After.Fields, out _);
        var changed = new List<int>(_columns.Length);
        for (var i = 0; i < now.Length; i++)
        {
            if (!_columns[i].IsReadOnly && shape.PlaceInId(_columns[i]) < 0 && old[i] != now[i] && !(old[i].IsMissingOrNull && now[i].IsMissingOrNull)) changed.Add(i);
        }

        return changed;
    }

    private static string Key(List<int> places) => string.Join(',', places);
}
