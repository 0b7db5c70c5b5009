using System.Globalization;

namespace Sync.Server.Postgres;

/// <summary>
/// A point on the calendar. The database's calendar is wider than .NET's: all before its first is shown as its first, all after its last as its last, and these two are written as
/// <c>-infinity</c> and <c>infinity</c>, as Npgsql does.
/// </summary>
internal abstract class CalendarCodec(string sqlType, string first, string last) : StringCodec(sqlType)
{
    private readonly CanonicalJson _first = CanonicalJson.From(first);
    private readonly CanonicalJson _last = CanonicalJson.From(last);

    protected override bool IsOrderedAsText => true;

    /// <summary>The column within .NET's calendar.</summary>
    protected string Within(string column) => $"CASE WHEN {column} < '{first}' THEN '{first}' WHEN {column} > '{last}' THEN '{last}' ELSE {column} END";

    public override string ToText(CanonicalJson value) => value == _first ? "-infinity" : value == _last ? "infinity" : value.AsString()!;

    public override SqlCondition Same(string column, IReadOnlyList<CanonicalJson> values, SqlDraft sql) =>
        values.Contains(_first) || values.Contains(_last) ? new($"({Read(column)}) = ANY ({sql.AddTexts(values.Select(v => v.AsString()))})") : base.Same(column, values, sql);

    public override SqlCondition Compare(string column, string comparison, CanonicalJson value, SqlDraft sql) =>
        value == _first || value == _last ? new($"{ByCodePoint(column)} {comparison} {sql.AddText(value.AsString())}") : base.Compare(column, comparison, value, sql);

    public override string? LookupText(CanonicalJson value) => value == _first || value == _last ? null : base.LookupText(value);
}

/// <summary><c>timestamptz</c>, and <c>timestamp</c>, which is taken as UTC.</summary>
internal sealed class InstantCodec(bool hasZone, int digits)
    : CalendarCodec(hasZone ? "timestamp with time zone" : "timestamp without time zone", "0001-01-01T00:00:00.000000Z", "9999-12-31T23:59:59.999999Z")
{
    /// <summary>What the database counts microseconds from, where it matters for how it rounds.</summary>
    private static readonly DateTimeOffset Epoch = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static bool TryParse(string? text, out DateTimeOffset instant) => DateTimeOffset.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out instant);

    public override string Read(string column) => $"to_char(({Within(column)}){(hasZone ? " AT TIME ZONE 'UTC'" : "")}, 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')";

    public override bool TryNormalize(CanonicalJson value, out CanonicalJson normal)
    {
        normal = default;
        if (!TryParse(value.AsString(), out var instant)) return false;
        var ticks = instant.UtcTicks - (instant.UtcTicks % TimeSpan.TicksPerMicrosecond);
        var microseconds = Rounding.HalfAwayFromZero((ticks - Epoch.UtcTicks) / TimeSpan.TicksPerMicrosecond, digits);
        var rounded = Epoch.UtcTicks + (microseconds * TimeSpan.TicksPerMicrosecond);
        normal = CanonicalJson.From(rounded > DateTimeOffset.MaxValue.UtcTicks ? DateTimeOffset.MaxValue : new DateTimeOffset(rounded, TimeSpan.Zero));
        return true;
    }
}

internal sealed class DateCodec() : CalendarCodec("date", "0001-01-01", "9999-12-31")
{
    public static DateCodec Instance { get; } = new();

    public override string Read(string column) => $"to_char({Within(column)}, 'YYYY-MM-DD')";

    public override bool TryNormalize(CanonicalJson value, out CanonicalJson normal)
    {
        normal = value;
        return DateOnly.TryParseExact(value.AsString(), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);
    }
}
