using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace Sync.Server.Postgres;

/// <summary>A column whose values are strings in JSON: they are ordered by code point, whatever the column's collation.</summary>
internal abstract class StringCodec(string sqlType) : ScalarCodec(sqlType)
{
    /// <summary>True where the type's own order is that of its texts.</summary>
    protected virtual bool IsOrderedAsText => false;

    public override string? Order(string column) => IsOrderedAsText ? column : ByCodePoint(column);

    public override SqlCondition Compare(string column, string comparison, CanonicalJson value, SqlDraft sql)
    {
        if (value.Kind != JsonKind.String) return SqlCondition.False;
        return new(IsOrderedAsText && IsNormal(value)
            ? $"{column} {comparison} {sql.AddText(ToText(value))}::{SqlType}"
            : $"{ByCodePoint(column)} {comparison} {sql.AddText(value.AsString())}");
    }

    public override CanonicalJson FromText(ReadOnlyMemory<byte> utf8) => PlainText.ToJson(utf8.Span);
    public override void Append(ReadOnlySpan<byte> utf8, ArrayBufferWriter<byte> json) => PlainText.Append(utf8, json);
    public override string ToText(CanonicalJson value) => value.AsString()!;

    protected virtual string ByCodePoint(string column) => $"({Read(column)}) COLLATE \"C\"";
}

/// <summary><c>text</c>, <c>varchar</c>, <c>char</c> and <c>citext</c>.</summary>
/// <param name="maxLength">In code points, as the database counts.</param>
/// <param name="isPadded"><c>char(n)</c>: spaces at the end are no part of the value.</param>
/// <param name="isBlind">Its <c>=</c> finds other texts too: citext, or a collation that is not deterministic.</param>
/// <param name="isByCodePoint">Its collation is <c>C</c>.</param>
internal sealed class TextCodec(string sqlType, int? maxLength, bool isPadded, bool isBlind, bool isByCodePoint) : StringCodec(sqlType)
{
    public bool IsBlind => isBlind;

    protected override bool IsOrderedAsText => isByCodePoint && !isPadded && !isBlind;

    public override bool IsItselfInJson => !isPadded;

    public override string Read(string column) => SqlType == "text" ? column : $"{column}::text";

    public override bool TryNormalize(CanonicalJson value, out CanonicalJson normal)
    {
        normal = value;
        if (value.Kind != JsonKind.String) return false;
        if (isPadded && value.Utf8.Span[^2] == (byte)' ') normal = CanonicalJson.From(value.AsString()!.TrimEnd(' '));
        return maxLength is not { } max || normal.Utf8.Length - 2 <= max || normal.AsString()!.EnumerateRunes().Count() <= max;
    }

    protected override string Equal(string column, string value) =>
        isBlind ? $"({column} = {value} AND {ByCodePoint(column)} = ({value})::text)" : $"{column} = {value}";

    protected override string AnyOf(string column, string texts) =>
        isBlind ? $"({column} = ANY ({texts}::{SqlType}[]) AND {ByCodePoint(column)} = ANY ({texts}))" : $"{column} = ANY ({texts}::{SqlType}[])";
}

internal sealed class UuidCodec() : StringCodec("uuid")
{
    public static UuidCodec Instance { get; } = new();

    public override bool IsItselfInJson => true;

    protected override bool IsOrderedAsText => true;

    public override bool TryNormalize(CanonicalJson value, out CanonicalJson normal)
    {
        normal = Guid.TryParseExact(value.AsString(), "D", out var guid) ? CanonicalJson.From(guid.ToString("D")) : default;
        return !normal.IsMissing;
    }
}

/// <summary>A string field in an integer column: references to integer ids. Only the canonical text of an integer fits.</summary>
internal sealed class IntegerTextCodec(string sqlType, long min, long max) : StringCodec(sqlType)
{
    public override bool TryNormalize(CanonicalJson value, out CanonicalJson normal)
    {
        normal = value;
        var text = value.AsString();
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            && number >= min && number <= max && number.ToString(CultureInfo.InvariantCulture) == text;
    }
}

/// <summary>The labels that an enum had when the server started.</summary>
internal sealed class EnumCodec(string sqlType, IEnumerable<string> labels) : StringCodec(sqlType)
{
    private readonly FrozenSet<string> _labels = labels.ToFrozenSet(StringComparer.Ordinal);

    public override bool IsItselfInJson => true;

    public override bool TryNormalize(CanonicalJson value, out CanonicalJson normal)
    {
        normal = value;
        return value.AsString() is { } label && _labels.Contains(label);
    }

    // A label may have been added since: a text finds it too, though by no index.
    public override SqlCondition Same(string column, IReadOnlyList<CanonicalJson> values, SqlDraft sql) =>
        values.Any(IsNew) ? new($"{Read(column)} = ANY ({sql.AddTexts(values.Select(v => v.AsString()))})") : base.Same(column, values, sql);

    private bool IsNew(CanonicalJson value) => value.AsString() is { } label && !_labels.Contains(label);
}

/// <summary><c>bytea</c> as base64.</summary>
internal sealed class BytesCodec() : StringCodec("bytea")
{
    public static BytesCodec Instance { get; } = new();

    public override string Read(string column) => $"translate(encode({column}, 'base64'), E'\\n', '')";

    public override bool TryNormalize(CanonicalJson value, out CanonicalJson normal)
    {
        normal = default;
        if (value.AsString() is not { } text) return false;
        var bytes = new byte[text.Length];
        if (!Convert.TryFromBase64String(text, bytes, out var length)) return false;
        normal = CanonicalJson.From(Convert.ToBase64String(bytes, 0, length));
        return true;
    }

    public override string ToText(CanonicalJson value) => @"\x" + Convert.ToHexString(Convert.FromBase64String(value.AsString()!));
}

/// <summary><c>time</c> as .NET writes one: <c>12:30:00</c>, with seven digits behind where there is a fraction.</summary>
internal sealed class TimeOfDayCodec(int digits) : StringCodec("time without time zone")
{
    private const int MicrosecondDigits = 6;

    protected override bool IsOrderedAsText => true;

    public override string Read(string column) => $"to_char({column}, 'HH24:MI:SS.US')";

    public override CanonicalJson FromText(ReadOnlyMemory<byte> utf8) => PlainText.ToJson(Shown(utf8.Span));

    public override void Append(ReadOnlySpan<byte> utf8, ArrayBufferWriter<byte> json) => PlainText.Append(Shown(utf8), json);

    public override bool TryNormalize(CanonicalJson value, out CanonicalJson normal)
    {
        normal = default;
        if (!TimeOnly.TryParseExact(value.AsString(), ["HH:mm:ss", "HH:mm:ss.FFFFFFF", "HH:mm"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)) return false;
        var microseconds = Rounding.HalfAwayFromZero(time.Ticks / TimeSpan.TicksPerMicrosecond, digits);
        if (microseconds >= (long)TimeSpan.FromDays(1).TotalMicroseconds) return false;
        normal = CanonicalJson.From(TimeSpan.FromMicroseconds(microseconds).ToString("c", CultureInfo.InvariantCulture));
        return true;
    }

    private static ReadOnlySpan<byte> Shown(ReadOnlySpan<byte> text) => text.EndsWith(".000000"u8) ? text[..^(MicrosecondDigits + 1)] : (byte[])[.. text, (byte)'0'];
}
