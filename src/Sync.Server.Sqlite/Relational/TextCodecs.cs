using System.Globalization;

namespace Sync.Server.Sqlite;

internal sealed class TextCodec : ColumnCodec
{
    public static TextCodec Instance { get; } = new();

    public override bool ComparesInSql => true;

    public override bool TryNormalize(CanonicalJson value, out CanonicalJson normal)
    {
        normal = value;
        return value.Kind == JsonKind.String;
    }

    public override void Bind(Statement statement, int parameter, CanonicalJson value) => PlainText.Bind(statement, parameter, value);
    public override CanonicalJson Read(Statement row, int column) => PlainText.ToJson(ColumnText.Of(row, column));
}

/// <summary>A string field in an INTEGER column: references to integer ids. Only the canonical text of an integer fits.</summary>
internal sealed class IntegerTextCodec : ColumnCodec
{
    public static IntegerTextCodec Instance { get; } = new();

    public override bool ComparesInSql => true;

    public static bool TryParse(string? text, out long value) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && value.ToString(CultureInfo.InvariantCulture) == text;

    public override bool TryNormalize(CanonicalJson value, out CanonicalJson normal)
    {
        normal = value;
        return TryParse(value.AsString(), out _);
    }

    public override void Bind(Statement statement, int parameter, CanonicalJson value) =>
        statement.BindInt64(parameter, long.Parse(value.AsString()!, CultureInfo.InvariantCulture));

    public override CanonicalJson Read(Statement row, int column) => PlainText.ToJson(ColumnText.Of(row, column));
}

/// <summary>An instant as text in its canonical form. Other forms that SQLite's own functions write are understood as UTC.</summary>
internal sealed class InstantCodec : ColumnCodec
{
    public static InstantCodec Instance { get; } = new();

    public static bool TryParse(string? text, out DateTimeOffset instant) => DateTimeOffset.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out instant);

    public override bool TryNormalize(CanonicalJson value, out CanonicalJson normal)
    {
        normal = TryParse(value.AsString(), out var instant) ? CanonicalJson.From(instant) : default;
        return !normal.IsMissing;
    }

    public override void Bind(Statement statement, int parameter, CanonicalJson value) => PlainText.Bind(statement, parameter, value);

    public override CanonicalJson Read(Statement row, int column)
    {
        var bytes = ColumnText.Of(row, column);
        if (IsCanonical(bytes)) return PlainText.ToJson(bytes);
        return TryParse(row.Text(column), out var instant) ? CanonicalJson.From(instant) : PlainText.ToJson(bytes);
    }

    /// <summary><c>yyyy-MM-ddTHH:mm:ss.ffffffZ</c>, by its length and its punctuation.</summary>
    private static bool IsCanonical(ReadOnlySpan<byte> text) =>
        text.Length == 27 && text[4] == '-' && text[7] == '-' && text[10] == 'T' && text[13] == ':' && text[16] == ':' && text[19] == '.' && text[26] == 'Z';
}

internal sealed class DateCodec : ColumnCodec
{
    private const int DateLength = 10;

    public static DateCodec Instance { get; } = new();

    public override bool TryNormalize(CanonicalJson value, out CanonicalJson normal)
    {
        normal = value;
        return DateOnly.TryParseExact(value.AsString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
    }

    public override void Bind(Statement statement, int parameter, CanonicalJson value) => PlainText.Bind(statement, parameter, value);

    /// <summary>A time behind the date, as EF Core and <c>datetime()</c> write one, is left out.</summary>
    public override CanonicalJson Read(Statement row, int column)
    {
        var bytes = ColumnText.Of(row, column);
        return PlainText.ToJson(bytes.Length > DateLength ? bytes[..DateLength] : bytes);
    }
}

/// <summary>A list or object, or any value at all, as JSON text.</summary>
internal sealed class JsonCodec(FieldKind kind) : ColumnCodec
{
    public override bool TryNormalize(CanonicalJson value, out CanonicalJson normal)
    {
        normal = value;
        return kind switch
        {
            FieldKind.List => value.Kind == JsonKind.List,
            FieldKind.Object => value.Kind == JsonKind.Object,
            _ => true,
        };
    }

    public override void Bind(Statement statement, int parameter, CanonicalJson value) => statement.BindText(parameter, value);

    /// <summary>Text that is no JSON, which only the app's own SQL can have written, is shown as a string.</summary>
    public override CanonicalJson Read(Statement row, int column)
    {
        var bytes = ColumnText.Of(row, column);
        if (!CanonicalJson.TryParse(bytes, out var value, out _)) return PlainText.ToJson(bytes);
        return value.Kind == JsonKind.Null ? default : value;
    }
}
