using System.Collections.Immutable;

namespace Sync.Server.Sqlite;

/// <summary>A registered table that is the app's own: one row a record, one column a field. Only columns that an operation changed are written.</summary>
internal sealed class RelationalTable : StoredTable
{
    private const int IdAndVersion = 2;
    private const int MaxMaskedColumns = 64;

    private readonly RelationalShape _shape;
    private readonly ImmutableArray<Column> _columns;
    private readonly RowFields _fields;
    private readonly HiddenColumns _hidden;
    private readonly Dictionary<ulong, string> _updates = [];
    private readonly string _id;
    private readonly string _select;
    private readonly string _find;
    private readonly string _findVersion;
    private readonly string _insert;
    private readonly string _delete;

    public RelationalTable(RelationalShape shape) : base(shape.Model)
    {
        _shape = shape;
        _columns = shape.Columns;
        _fields = new RowFields([.. _columns.Select(c => c.JsonName)]);
        _hidden = new HiddenColumns(shape.SqlTable, shape.Id.Name, shape.Hidden);
        _id = Sql.Name(shape.Id.Name);
        Table = Sql.Name(shape.SqlTable);
        var version = Sql.Name(shape.Version.Name);
        _select = $"SELECT {string.Join(", ", _columns.Select(c => c.SqlName).Prepend(version).Prepend(_id))} FROM {Table}";
        _find = $"{_select} WHERE {_id} = ?1";
        _findVersion = $"SELECT {_id}, {version} FROM {Table} WHERE {_id} = ?1";
        _insert = BuildInsert([]);
        _delete = $"DELETE FROM {Table} WHERE {_id} = ?1";
    }

    public override bool MayChangeByItself => _shape.HasTriggers;

    private string Table { get; }

    public override Record? Find(SqliteSession session, string id)
    {
        var row = session.Prepare(_find);
        if (!TryBindId(row, 1, id) || !row.Step()) return null;
        var record = Read(row);
        row.Reset();
        return record.Id == id ? record : null;
    }

    public override long? FindVersion(SqliteSession session, string id)
    {
        var row = session.Prepare(_findVersion);
        if (!TryBindId(row, 1, id) || !row.Step()) return null;
        long? version = IdOf(row) == id ? VersionOf(row) : null;
        row.Reset();
        return version;
    }

    public override IEnumerable<Record> Candidates(SqliteSession session, IReadOnlyList<QueryCondition> conditions)
    {
        var narrowings = RowNarrowing.Of(_shape, conditions);
        var rows = session.Prepare(narrowings.Count == 0 ? _select : $"{_select} WHERE {string.Join(" AND ", narrowings.Select(n => n.Where))}");
        foreach (var narrowing in narrowings) narrowing.Bind(rows);
        try
        {
            while (rows.Step()) yield return Read(rows);
        }
        finally
        {
            rows.Reset();
        }
    }

    public override void Insert(SqliteSession session, Record record, string? hidden)
    {
        var kept = _hidden.Parse(hidden);
        var insert = session.Prepare(kept.Count == 0 ? _insert : BuildInsert(kept.Select(h => h.Column)));
        TryBindId(insert, 1, record.Id);
        insert.BindInt64(2, record.Version);
        var values = _fields.Split(record.Fields, out _);
        for (var i = 0; i < values.Length; i++) _columns[i].Bind(insert, IdAndVersion + 1 + i, values[i]);
        for (var i = 0; i < kept.Count; i++) kept[i].Bind(insert, IdAndVersion + _columns.Length + 1 + i);
        insert.Run();
    }

    public override bool Update(SqliteSession session, Record before, Record after)
    {
        var old = _fields.Split(before.Fields, out _);
        var now = _fields.Split(after.Fields, out _);
        var changed = new List<int>(_columns.Length);
        for (var i = 0; i < now.Length; i++)
        {
            if (old[i] != now[i] && !(old[i].IsMissingOrNull && now[i].IsMissingOrNull)) changed.Add(i);
        }

        var update = session.Prepare(UpdateOf(changed));
        TryBindId(update, 1, after.Id);
        update.BindInt64(2, after.Version);
        for (var i = 0; i < changed.Count; i++) _columns[changed[i]].Bind(update, IdAndVersion + 1 + i, now[changed[i]]);
        return update.Run() > 0;
    }

    public override void Delete(SqliteSession session, Record before)
    {
        var delete = session.Prepare(_delete);
        if (TryBindId(delete, 1, before.Id)) delete.Run();
    }

    /// <summary>A row that the app's own SQL inserted where a record was deleted goes on from the version of its tombstone.</summary>
    public void ContinueVersions(SqliteSession session)
    {
        var version = Sql.Name(_shape.Version.Name);
        var table = Sql.Text(Name);
        session.Execute($"""
            UPDATE {Table} SET {version} = {version} + (SELECT t.version FROM sync_tombstones AS t WHERE t.record_table = {table} AND t.id = CAST({Table}.{_id} AS TEXT))
                WHERE CAST({_id} AS TEXT) IN (SELECT id FROM sync_tombstones WHERE record_table = {table});
            DELETE FROM sync_tombstones WHERE record_table = {table} AND id IN (SELECT CAST({_id} AS TEXT) FROM {Table});
            """);
    }

    public override string? ReadHidden(SqliteSession session, string id) => _hidden.Read(session, row => TryBindId(row, 1, id));

    public override NormalizeResult Normalize(RecordKey key, CanonicalJson fields, DateTimeOffset now)
    {
        if (_shape.HasIntegerIds && !IntegerTextCodec.TryParse(key.Id, out _))
            return new(default, new ApplyError(ErrorCodes.BadId, $"The ids of {Name} are whole numbers without leading zeros."));

        var values = _fields.Split(fields, out var unknown);
        if (unknown is not null) return new(default, new ApplyError(ErrorCodes.UnknownField, $"{Name} has no field \"{unknown}\"."));

        for (var i = 0; i < values.Length; i++)
        {
            var column = _columns[i];
            if (values[i].IsMissingOrNull) values[i] = column.Default.ValueAt(now);
            else if (!column.Codec.TryNormalize(values[i], out values[i]))
                return new(default, new ApplyError(ErrorCodes.TypeMismatch, $"{Name}.{column.JsonName} cannot hold this value: its column is declared {Declared(column)}."));
        }

        return new(_fields.Join(values), null);
    }

    private static string Declared(Column column) => column.InTable.Type.Length == 0 ? "without a type" : column.InTable.Type;

    private Record Read(Statement row)
    {
        var values = new CanonicalJson[_columns.Length];
        for (var i = 0; i < values.Length; i++) values[i] = _columns[i].Read(row, IdAndVersion + i);
        return new Record(new RecordKey(Name, IdOf(row)), VersionOf(row), _fields.Join(values));
    }

    private static string IdOf(Statement row) => System.Text.Encoding.UTF8.GetString(ColumnText.Of(row, 0));

    /// <summary>A row that the app's own SQL wrote without a version has its first.</summary>
    private static long VersionOf(Statement row) => Math.Max(row.Int64(1), 1);

    /// <summary>False where no row can have this id.</summary>
    private bool TryBindId(Statement statement, int parameter, string id)
    {
        if (!_shape.HasIntegerIds)
        {
            statement.BindText(parameter, id);
            return true;
        }

        var isInteger = IntegerTextCodec.TryParse(id, out var value);
        if (isInteger) statement.BindInt64(parameter, value);
        return isInteger;
    }

    private string BuildInsert(IEnumerable<string> hidden)
    {
        string[] names = [_id, Sql.Name(_shape.Version.Name), .. _columns.Select(c => c.SqlName), .. hidden.Select(Sql.Name)];
        return $"INSERT INTO {Table} ({string.Join(", ", names)}) VALUES ({Sql.Parameters(1, names.Length)})";
    }

    private string UpdateOf(List<int> changed)
    {
        if (_columns.Length > MaxMaskedColumns) return BuildUpdate(changed);
        var mask = 0UL;
        foreach (var place in changed) mask |= 1UL << place;
        if (_updates.TryGetValue(mask, out var known)) return known;
        if (_updates.Count >= SqliteSession.MaxStatements) _updates.Clear();
        return _updates[mask] = BuildUpdate(changed);
    }

    private string BuildUpdate(List<int> changed)
    {
        var sets = changed.Select((place, i) => $", {_columns[place].SqlName} = ?{IdAndVersion + 1 + i}");
        return $"UPDATE {Table} SET {Sql.Name(_shape.Version.Name)} = ?2{string.Concat(sets)} WHERE {_id} = ?1";
    }
}
