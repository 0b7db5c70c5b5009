using System.Collections.Immutable;
using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>A registered table that is the app's own: one row a record, one column a field. Only columns that an operation changed are written.</summary>
internal sealed class RelationalTable : StoredTable
{
    private readonly RelationalShape _shape;
    private readonly ImmutableArray<Column> _columns;
    private readonly RowFields _fields;
    private readonly RowConditions _conditions;
    private readonly RowReading _reading;
    private readonly RowWriting _writing;
    private readonly HiddenColumns _hidden;
    private readonly ImmutableArray<(int Field, int Part)> _keyFields;

    public RelationalTable(RelationalShape shape, IEnumerable<string> parents, bool mayDeferReferences) : base(shape.Model)
    {
        _shape = shape;
        _columns = shape.Columns;
        _fields = new RowFields([.. _columns.Select(c => c.JsonName)]);
        _conditions = new RowConditions(shape);
        _hidden = new HiddenColumns(shape.Hidden);
        _reading = new RowReading(shape);
        _writing = new RowWriting(shape, _fields, _hidden);
        Content = [.. _columns.Select(c => c.ReadText("t"))];
        Parents = [.. parents];
        MayDeferReferences = mayDeferReferences;
        HasOtherUniqueValues = shape.Table.HasOtherUniqueValues([.. shape.Ids.Parts.Select(p => p.Column)]);
        _keyFields = [.. _columns.Select((c, i) => (Field: i, Part: shape.PlaceInId(c))).Where(k => k.Part >= 0)];
    }

    public override string SqlName => _shape.SqlTable;
    public override string VersionColumn => Sql.Name(_shape.Version.Name);
    public override bool IsRelational => true;
    public override bool SetsValuesItself => _shape.SetsValuesItself;
    public override IReadOnlyCollection<string> Parents { get; }
    public override bool HasOtherUniqueValues { get; }
    public override bool MayDeferReferences { get; }
    public override ImmutableArray<string> Content { get; }
    public override string? Hidden => _hidden.Read("t");

    /// <summary>Each field with its column as text, of a row by its alias.</summary>
    public IReadOnlyList<(string JsonName, Func<string, string> Text)> Texts => [.. _columns.Select(c => (c.JsonName, (Func<string, string>)c.ReadText))];

    /// <summary>As <see cref="Hidden"/>, of a row by its alias.</summary>
    public string? HiddenOf(string alias) => _hidden.Read(alias);

    /// <summary>A record's fields from the texts of its columns, by field.</summary>
    public CanonicalJson FieldsOf(IReadOnlyDictionary<string, string?> texts)
    {
        var values = new CanonicalJson[_columns.Length];
        for (var i = 0; i < values.Length; i++) values[i] = _columns[i].FromText(texts.GetValueOrDefault(_columns[i].JsonName));
        return _fields.Join(values);
    }

    public override CanonicalJson ReadFields(NpgsqlDataReader row, int column) => _reading.Read(row, column);

    public override string IdText(string alias) => _shape.Ids.Text(alias);

    public override string HasId(string alias, string text) => _shape.Ids.Is(alias, text);

    public override string IsOneOf(string alias, string texts) => _shape.Ids.IsOneOf(alias, texts);

    public override bool CanBeId(string id) => _shape.Ids.CanBe(id);

    public override string Where(IReadOnlyList<QueryCondition> conditions, SqlDraft sql, out bool isExact) => _conditions.Where(conditions, sql, out isExact);

    public override string? OrderBy(Query query) => _conditions.OrderBy(query);

    public override string? Lookup(FieldPath field) => _conditions.Lookup(field);

    public override string? LookupText(FieldPath field, CanonicalJson value) => _conditions.LookupText(field, value);

    public override IEnumerable<SqlDraft> Insert(IReadOnlyList<Record> records, IReadOnlyCollection<string> restored) => _writing.Insert(records, restored);

    public override IEnumerable<SqlDraft> Update(IReadOnlyList<RecordChange> changes) => _writing.Update(changes);

    public override IEnumerable<SqlDraft> Delete(IReadOnlyList<Record> before) => _writing.Delete(before);

    public override NormalizeResult Normalize(RecordKey key, CanonicalJson fields, DateTimeOffset now)
    {
        if (!CanBeId(key.Id)) return new(default, new ApplyError(ErrorCodes.BadId, $"The ids of {Name} are {_shape.Ids.Declared}."));

        var values = _fields.Split(fields, out var unknown);
        if (unknown is not null) return new(default, new ApplyError(ErrorCodes.UnknownField, $"{Name} has no field \"{unknown}\"."));

        for (var i = 0; i < values.Length; i++)
        {
            var column = _columns[i];
            if (values[i].IsMissingOrNull) values[i] = column.Default.ValueAt(now);
            else if (!column.Codec.TryNormalize(values[i], out values[i]))
                return new(default, new ApplyError(ErrorCodes.TypeMismatch, $"{Name}.{column.JsonName} cannot hold this value: its column is {column.InTable.Declared}."));
        }

        return KeyFault(key, values) is { } fault ? new(default, fault) : new(_fields.Join(values), null);
    }

    /// <summary>The fields of a composite key are what the id says; those that are missing are filled in.</summary>
    private ApplyError? KeyFault(RecordKey key, CanonicalJson[] values)
    {
        if (_keyFields.IsEmpty) return null;
        var texts = _shape.Ids.TextsOf(key.Id)!;
        foreach (var (field, part) in _keyFields)
        {
            var column = _columns[field];
            var said = column.FromText(texts[part]);
            if (values[field].IsMissingOrNull) values[field] = said;
            else if (values[field] != said) return new ApplyError(ErrorCodes.BadId, $"The id says that {Name}.{column.JsonName} is {said}: the fields of a key never differ from it.");
        }

        return null;
    }
}
