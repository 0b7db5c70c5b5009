using System.Collections.Immutable;

namespace Sync;

/// <summary>
/// Names of nested objects down to a field. On the wire a dotted string, <c>"a.b"</c>, or an array of segments where a name holds a dot.
/// Two paths are equal when their segments are.
/// </summary>
public readonly partial struct FieldPath : IEquatable<FieldPath>
{
    private readonly Parts? _parts;

    private FieldPath(ImmutableArray<string> segments) => _parts = new Parts(segments);

    public static FieldPath Id { get; } = new(["id"]);

    public ImmutableArray<string> Segments => _parts?.Names ?? [];
    public bool IsId => _parts?.Names is ["id"];

    /// <summary>The segments as they stand in canonical text, each with the colon behind it.</summary>
    internal ImmutableArray<byte[]> NamesAndColons => _parts?.NamesAndColons ?? [];

    /// <summary>The first segment: the name of the record's field.</summary>
    public string Root => Segments[0];

    /// <summary>A path of given segments, unchecked: for names that the program itself gives.</summary>
    public static FieldPath Of(params ReadOnlySpan<string> segments) => new([.. segments]);

    public bool Equals(FieldPath other) => Segments.AsSpan().SequenceEqual(other.Segments.AsSpan());
    public override bool Equals(object? obj) => obj is FieldPath other && Equals(other);
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var segment in Segments) hash.Add(segment, StringComparer.Ordinal);
        return hash.ToHashCode();
    }

    /// <summary>The dotted form, for people to read.</summary>
    public override string ToString() => string.Join('.', Segments);

    public static bool operator ==(FieldPath left, FieldPath right) => left.Equals(right);
    public static bool operator !=(FieldPath left, FieldPath right) => !left.Equals(right);

    private sealed class Parts(ImmutableArray<string> names)
    {
        public ImmutableArray<string> Names { get; } = names;
        public ImmutableArray<byte[]> NamesAndColons { get; } = [.. names.Select(NameAndColon)];

        private static byte[] NameAndColon(string name) =>
            [.. JsonText.Quote(name) ?? throw new FormatException("A field name may hold neither a lone surrogate nor U+0000."), (byte)':'];
    }
}
