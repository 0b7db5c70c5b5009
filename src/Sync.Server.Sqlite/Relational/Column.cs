namespace Sync.Server.Sqlite;

/// <summary>A field of the record type and the column that keeps it.</summary>
internal sealed record Column(FieldModel Field, CatalogueColumn InTable, ColumnCodec Codec, ColumnDefault Default)
{
    public string JsonName => Field.Name;
    public string SqlName { get; } = Sql.Name(InTable.Name);

    public CanonicalJson Read(Statement row, int column) => row.IsNull(column) ? default : Codec.Read(row, column);

    public void Bind(Statement statement, int parameter, CanonicalJson value)
    {
        if (value.IsMissingOrNull) statement.BindNull(parameter);
        else Codec.Bind(statement, parameter, value);
    }
}
