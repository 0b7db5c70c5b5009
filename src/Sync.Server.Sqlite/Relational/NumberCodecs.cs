using SQLitePCL;

namespace Sync.Server.Sqlite;

/// <summary>Whole numbers of 64 bits.</summary>
internal sealed class IntegerCodec : ColumnCodec
{
    public static IntegerCodec Instance { get; } = new();

    public override bool ComparesInSql => true;

    public override bool TryNormalize(CanonicalJson value, out CanonicalJson normal)
    {
        normal = value;
        return value.AsInt64() is not null;
    }

    public override void Bind(Statement statement, int parameter, CanonicalJson value) => statement.BindInt64(parameter, value.AsInt64()!.Value);
    public override CanonicalJson Read(Statement row, int column) => StoredNumber.Read(row, column);
}

/// <summary>Doubles: a number becomes the nearest one.</summary>
internal sealed class RealCodec : ColumnCodec
{
    public static RealCodec Instance { get; } = new();

    public override bool ComparesInSql => true;

    public override bool TryNormalize(CanonicalJson value, out CanonicalJson normal)
    {
        var nearest = value.AsDouble();
        normal = nearest is { } number && double.IsFinite(number) ? CanonicalJson.From(number) : default;
        return !normal.IsMissing;
    }

    public override void Bind(Statement statement, int parameter, CanonicalJson value) => statement.BindDouble(parameter, value.AsDouble()!.Value);
    public override CanonicalJson Read(Statement row, int column) => StoredNumber.Read(row, column);
}

/// <summary>Whole numbers of 64 bits exactly, all others as doubles: what NUMERIC and DECIMAL columns are in SQLite.</summary>
internal sealed class NumericCodec : ColumnCodec
{
    public static NumericCodec Instance { get; } = new();

    public override bool ComparesInSql => true;

    public override bool TryNormalize(CanonicalJson value, out CanonicalJson normal)
    {
        normal = value;
        return value.AsInt64() is not null || RealCodec.Instance.TryNormalize(value, out normal);
    }

    public override void Bind(Statement statement, int parameter, CanonicalJson value)
    {
        if (value.AsInt64() is { } whole) statement.BindInt64(parameter, whole);
        else statement.BindDouble(parameter, value.AsDouble()!.Value);
    }

    public override CanonicalJson Read(Statement row, int column) => StoredNumber.Read(row, column);
}

/// <summary>Numbers as text, as EF Core keeps a decimal: exact, whatever their digits.</summary>
internal sealed class NumberTextCodec : ColumnCodec
{
    public static NumberTextCodec Instance { get; } = new();

    public override bool TryNormalize(CanonicalJson value, out CanonicalJson normal)
    {
        normal = value;
        return value.Kind == JsonKind.Number;
    }

    public override void Bind(Statement statement, int parameter, CanonicalJson value) => statement.BindText(parameter, value);
    public override CanonicalJson Read(Statement row, int column) => StoredNumber.Read(row, column);
}

/// <summary>0 and 1.</summary>
internal sealed class BooleanCodec : ColumnCodec
{
    public static BooleanCodec Instance { get; } = new();

    public override bool ComparesInSql => true;

    public override bool TryNormalize(CanonicalJson value, out CanonicalJson normal)
    {
        normal = value;
        return value.AsBoolean() is not null;
    }

    public override void Bind(Statement statement, int parameter, CanonicalJson value) => statement.BindInt64(parameter, value.AsBoolean() is true ? 1 : 0);

    public override CanonicalJson Read(Statement row, int column) =>
        CanonicalJson.From(row.ColumnType(column) == raw.SQLITE_INTEGER ? row.Int64(column) != 0 : row.Text(column) is "1" or "true" or "TRUE");
}

internal static class StoredNumber
{
    public static CanonicalJson Read(Statement row, int column)
    {
        switch (row.ColumnType(column))
        {
            case raw.SQLITE_INTEGER:
                return CanonicalJson.From(row.Int64(column));
            case raw.SQLITE_FLOAT when row.Double(column) is var number && double.IsFinite(number):
                return CanonicalJson.From(number);
            default:
                var text = ColumnText.Of(row, column);
                return CanonicalJson.TryParse(text, out var value, out _) && value.Kind == JsonKind.Number ? value : PlainText.ToJson(text);
        }
    }
}
