using System.Text.Json.Serialization.Metadata;

namespace Sync;

/// <summary>
/// A JSON value in the one canonical form that all parts of Sync share: UTF-8 without white space, properties sorted by code point,
/// each name once, numbers in their shortest plain form (<c>1</c>, never <c>1.0</c>), only the escapes that JSON demands.
/// Equal values have equal bytes, so equality, hashing, digests, storage and the wire need no second form.
/// <c>default</c> is the missing value.
/// </summary>
public readonly partial struct CanonicalJson : IEquatable<CanonicalJson>, IComparable<CanonicalJson>
{
    private readonly ReadOnlyMemory<byte> _utf8;

    private CanonicalJson(ReadOnlyMemory<byte> utf8) => _utf8 = utf8;

    public static CanonicalJson Null { get; } = new("null"u8.ToArray());
    public static CanonicalJson True { get; } = new("true"u8.ToArray());
    public static CanonicalJson False { get; } = new("false"u8.ToArray());
    public static CanonicalJson EmptyObject { get; } = new("{}"u8.ToArray());
    public static CanonicalJson EmptyList { get; } = new("[]"u8.ToArray());

    public bool IsMissing => _utf8.IsEmpty;
    public bool IsMissingOrNull => Kind <= JsonKind.Null;
    public JsonKind Kind => _utf8.IsEmpty ? JsonKind.Missing : JsonScanner.KindOf(_utf8.Span[0]);

    /// <summary>The canonical text; empty for the missing value. Never written to by anybody.</summary>
    public ReadOnlyMemory<byte> Utf8 => _utf8;

    /// <summary>Wraps bytes that are known to be canonical, unchecked. For stores that read back what they wrote.</summary>
    public static CanonicalJson FromCanonicalBytes(ReadOnlyMemory<byte> canonical) => new(canonical);

    public bool Equals(CanonicalJson other) => _utf8.Span.SequenceEqual(other._utf8.Span);
    public override bool Equals(object? obj) => obj is CanonicalJson other && Equals(other);
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_utf8.Span);
        return hash.ToHashCode();
    }

    /// <summary>The canonical text, or an empty string for the missing value.</summary>
    public override string ToString() => System.Text.Encoding.UTF8.GetString(_utf8.Span);

    public static bool operator ==(CanonicalJson left, CanonicalJson right) => left.Equals(right);
    public static bool operator !=(CanonicalJson left, CanonicalJson right) => !left.Equals(right);
}
