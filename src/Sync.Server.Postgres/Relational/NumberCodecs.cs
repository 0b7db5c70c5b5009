using System.Buffers;
using System.Globalization;
using System.Text;

namespace Sync.Server.Postgres;

/// <summary>
/// A column of numbers. <c>NaN</c> and the infinities, which no JSON has and only the app's own SQL can write, are shown as strings: no number stands before or behind them.
/// </summary>
internal abstract class NumberCodec(string sqlType) : ScalarCodec(sqlType)
{
    public override CanonicalJson FromText(ReadOnlyMemory<byte> utf8) =>
        CanonicalJson.TryParse(utf8.Span, out var value, out _) && value.Kind == JsonKind.Number ? value : PlainText.ToJson(utf8.Span);

    public override string ToText(CanonicalJson value) => value.ToString();

    public override SqlCondition Same(string column, IReadOnlyList<CanonicalJson> values, SqlDraft sql) =>
        values.Any(v => v.Kind == JsonKind.String) ? SqlCondition.Unknown : base.Same(column, values, sql);

    public override SqlCondition Compare(string column, string comparison, CanonicalJson value, SqlDraft sql) =>
        value.Kind == JsonKind.Number ? new(CompareNumber(column, comparison, value, sql)) : SqlCondition.Unknown;

    protected abstract string CompareNumber(string column, string comparison, CanonicalJson value, SqlDraft sql);

    protected static string Finite(string column, string comparison) => comparison[0] == '<' ? $"{column} > '-Infinity'" : $"{column} < 'Infinity'";
}

internal sealed class IntegerCodec(string sqlType, long min, long max) : NumberCodec(sqlType)
{
    public override bool IsItselfInJson => true;

    public override CanonicalJson FromText(ReadOnlyMemory<byte> utf8) => CanonicalJson.FromCanonicalBytes(utf8);
    public override void Append(ReadOnlySpan<byte> utf8, ArrayBufferWriter<byte> json) => json.Write(utf8);

    public override bool TryNormalize(CanonicalJson value, out CanonicalJson normal)
    {
        normal = value;
        return value.AsInt64() is { } number && number >= min && number <= max;
    }

    public override SqlCondition Compare(string column, string comparison, CanonicalJson value, SqlDraft sql) =>
        value.Kind == JsonKind.Number ? base.Compare(column, comparison, value, sql) : SqlCondition.False;

    // A bound that the column cannot hold is compared as what it is, without an index: it is beyond all values or between two of them.
    protected override string CompareNumber(string column, string comparison, CanonicalJson value, SqlDraft sql) =>
        $"{column} {comparison} {sql.AddText(value.ToString())}::{(IsNormal(value) ? SqlType : "numeric")}";
}

/// <summary><c>numeric</c>: exact. With a precision, numbers are rounded to its scale.</summary>
internal sealed class NumericCodec(int? precision, int scale) : NumberCodec("numeric")
{
    public override bool IsItselfInJson => true;

    public override bool TryNormalize(CanonicalJson value, out CanonicalJson normal)
    {
        normal = value;
        return value.Kind == JsonKind.Number && (precision is not { } digits || Rounding.TryToScale(value, digits, scale, out normal));
    }

    protected override string CompareNumber(string column, string comparison, CanonicalJson value, SqlDraft sql) =>
        $"({column} {comparison} {sql.AddText(value.ToString())}::numeric AND {Finite(column, comparison)})";
}

/// <summary><c>float8</c> and <c>float4</c>: a number becomes the nearest one, in the fewest digits that tell it from its neighbours.</summary>
internal sealed class FloatCodec(bool isSingle) : NumberCodec(isSingle ? "real" : "double precision")
{
    // The database writes some numbers with a digit more than .NET does.
    public override CanonicalJson FromText(ReadOnlyMemory<byte> utf8) => TryNearest(Encoding.UTF8.GetString(utf8.Span), out var value) ? value : PlainText.ToJson(utf8.Span);

    public override bool TryNormalize(CanonicalJson value, out CanonicalJson normal)
    {
        normal = default;
        return value.Kind == JsonKind.Number && TryNearest(value.ToString(), out normal);
    }

    // Values keep their order when they are rounded, so only the nearest itself must be asked on which side of the bound it stands.
    protected override string CompareNumber(string column, string comparison, CanonicalJson value, SqlDraft sql)
    {
        if (!TryNormalize(value, out var nearest))
        {
            var isAboveAll = value.CompareTo(CanonicalJson.From(0)) > 0;
            return isAboveAll == (comparison[0] == '<') ? $"({column} > '-Infinity' AND {column} < 'Infinity')" : "false";
        }

        var side = nearest.CompareTo(value);
        var at = side == 0 ? comparison : comparison[0] == '<' ? (side < 0 ? "<=" : "<") : (side > 0 ? ">=" : ">");
        return $"({column} {at} {sql.AddText(nearest.ToString())}::{SqlType} AND {Finite(column, at)})";
    }

    private bool TryNearest(string text, out CanonicalJson nearest)
    {
        nearest = default;
        if (isSingle)
        {
            if (!float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var single) || !float.IsFinite(single)) return false;
            nearest = CanonicalJson.Parse(single.ToString("R", CultureInfo.InvariantCulture));
            return true;
        }

        if (!double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !double.IsFinite(number)) return false;
        nearest = CanonicalJson.From(number);
        return true;
    }
}

internal sealed class BooleanCodec() : ScalarCodec("boolean")
{
    public static BooleanCodec Instance { get; } = new();

    public override bool IsItselfInJson => true;

    public override bool TryNormalize(CanonicalJson value, out CanonicalJson normal)
    {
        normal = value;
        return value.AsBoolean() is not null;
    }

    public override CanonicalJson FromText(ReadOnlyMemory<byte> utf8) => CanonicalJson.From(utf8.Span[0] == (byte)'t');
    public override void Append(ReadOnlySpan<byte> utf8, ArrayBufferWriter<byte> json) => json.Write(utf8);
    public override string ToText(CanonicalJson value) => value.ToString();

    public override SqlCondition Compare(string column, string comparison, CanonicalJson value, SqlDraft sql) =>
        value.AsBoolean() is null ? SqlCondition.False : new($"{column} {comparison} {sql.AddText(value.ToString())}::boolean");
}
