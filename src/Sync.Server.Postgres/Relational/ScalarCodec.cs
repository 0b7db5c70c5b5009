namespace Sync.Server.Postgres;

/// <summary>A column of one value, which the database compares as values are compared: a value that the column would not give back is in no row.</summary>
internal abstract class ScalarCodec(string sqlType) : ColumnCodec(sqlType)
{
    public override string? Order(string column) => column;

    public override SqlCondition Same(string column, IReadOnlyList<CanonicalJson> values, SqlDraft sql)
    {
        var held = values.Where(IsNormal).Select(ToText).ToList();
        return held.Count switch
        {
            0 => SqlCondition.False,
            1 when values.Count == 1 => new(Equal(column, $"{sql.AddText(held[0])}::{SqlType}")),
            _ => new(AnyOf(column, sql.AddTexts(held))),
        };
    }

    public override string? Lookup(string column, string text) => Equal(column, $"{text}::{SqlType}");

    public override string? LookupText(CanonicalJson value) => IsNormal(value) ? ToText(value) : null;

    /// <param name="value">Of the column's type.</param>
    protected virtual string Equal(string column, string value) => $"{column} = {value}";

    /// <param name="texts">Of type text[].</param>
    protected virtual string AnyOf(string column, string texts) => $"{column} = ANY ({texts}::{SqlType}[])";
}
