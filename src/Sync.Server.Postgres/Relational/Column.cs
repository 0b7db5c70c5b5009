using System.Text;

namespace Sync.Server.Postgres;

/// <summary>A field of the record type and the column that keeps it.</summary>
internal sealed record Column(FieldModel Field, CatalogueColumn InTable, ColumnCodec Codec, ColumnDefault Default)
{
    public string JsonName => Field.Name;
    public string SqlName { get; } = Sql.Name(InTable.Name);
    public string InRow { get; } = $"t.{Sql.Name(InTable.Name)}";
    public bool IsReadOnly => InTable.IsReadOnly;

    /// <summary>The column as text, of a row by its alias: <c>t</c>, or <c>NEW</c> in a trigger.</summary>
    public string ReadText(string alias) => Codec.Read($"{alias}.{SqlName}");

    public CanonicalJson FromText(string? text) => text is null ? default : Codec.FromText(Encoding.UTF8.GetBytes(text));

    /// <summary>Null where the column is to be empty.</summary>
    public string? ToText(CanonicalJson value) => value.IsMissingOrNull ? null : Codec.ToText(value);
}
