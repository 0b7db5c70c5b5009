using System.Text.RegularExpressions;

namespace Sync.Server.Sqlite;

/// <summary>What a column that may not be empty gets where a record lacks its field.</summary>
internal abstract partial record ColumnDefault
{
    private ColumnDefault() { }

    public abstract CanonicalJson ValueAt(DateTimeOffset now);

    /// <summary>Nothing that can be known beforehand: the database refuses the record.</summary>
    public sealed record None : ColumnDefault
    {
        public static None Instance { get; } = new();
        public override CanonicalJson ValueAt(DateTimeOffset now) => default;
    }

    public sealed record Literal(CanonicalJson Value) : ColumnDefault
    {
        public override CanonicalJson ValueAt(DateTimeOffset now) => Value;
    }

    public sealed record Now : ColumnDefault
    {
        public override CanonicalJson ValueAt(DateTimeOffset now) => CanonicalJson.From(now);
    }

    public sealed record Today : ColumnDefault
    {
        public override CanonicalJson ValueAt(DateTimeOffset now) =>
            CanonicalJson.From(now.UtcDateTime.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture));
    }

    public static ColumnDefault Of(SqliteSession session, CatalogueColumn column, FieldKind kind, ColumnCodec codec)
    {
        if (!column.NotNull || column.Default is not { } expression) return None.Instance;
        expression = expression.Trim();
        while (expression is ['(', .., ')']) expression = expression[1..^1].Trim();

        if (CurrentDate().IsMatch(expression)) return kind is FieldKind.Date or FieldKind.String ? new Today() : None.Instance;
        if (CurrentTime().IsMatch(expression)) return kind is FieldKind.Instant or FieldKind.String ? new Now() : None.Instance;
        if (!LiteralText().IsMatch(expression)) return None.Instance;

        if (expression is ['"', .., '"']) expression = Sql.Text(expression[1..^1].Replace("\"\"", "\"", StringComparison.Ordinal));
        using var value = session.PrepareOnce($"SELECT {expression}");
        if (!value.Step() || value.IsNull(0)) return None.Instance;
        return codec.TryNormalize(codec.Read(value, 0), out var normal) ? new Literal(normal) : None.Instance;
    }

    [GeneratedRegex(@"^(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|'(?:[^']|'')*'|""[^""]*""|true|false)$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex LiteralText();

    [GeneratedRegex(@"^(?:current_date|date\s*\(\s*(?:'now')?\s*\))$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex CurrentDate();

    [GeneratedRegex(@"^(?:current_timestamp|datetime\s*\(\s*(?:'now')?\s*(?:,\s*'subsec(?:ond)?'\s*)?\)|strftime\s*\(\s*'[^']*'\s*(?:,\s*'now'\s*)?(?:,\s*'subsec(?:ond)?'\s*)?\))$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex CurrentTime();
}
