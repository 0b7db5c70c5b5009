using System.Diagnostics.CodeAnalysis;
using System.IO.Hashing;
using System.Text;

namespace Sync;

/// <summary>
/// A bucket of records by the hash of their id: each level takes six more bits, so that a bucket has 64 children. Written as one base64url character a
/// level; the empty path is the root, which holds every id. <c>default</c> is the root.
/// </summary>
internal readonly record struct BucketPath
{
    public const int Children = 64;

    /// <summary>Ten levels use 60 of the 64 bits of the hash; a bucket so deep has no children.</summary>
    public const int MaxLevel = 10;

    private const int BitsPerLevel = 6;
    private const int HashBits = 64;
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    private readonly ulong _bits;

    private BucketPath(int level, ulong bits) => (Level, _bits) = (level, bits);

    public static BucketPath Root => default;

    public int Level { get; }
    public bool HasChildren => Level < MaxLevel;

    /// <summary>Where an id stands among all: the ids of a bucket stand side by side.</summary>
    public static ulong PlaceOf(string id)
    {
        Span<byte> utf8 = stackalloc byte[JsonLimits.MaxIdBytes];
        return Encoding.UTF8.TryGetBytes(id, utf8, out var length) ? XxHash3.HashToUInt64(utf8[..length]) : XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(id));
    }

    /// <summary>The first and the last place that belong to this bucket.</summary>
    public (ulong First, ulong Last) Places
    {
        get
        {
            if (Level == 0) return (0, ulong.MaxValue);
            var free = HashBits - Level * BitsPerLevel;
            return (_bits << free, (_bits << free) | ((1UL << free) - 1));
        }
    }

    public bool Contains(string id)
    {
        var (first, last) = Places;
        return PlaceOf(id) is var place && place >= first && place <= last;
    }

    /// <exception cref="InvalidOperationException">It is the root.</exception>
    public BucketPath Parent => Level > 0 ? new BucketPath(Level - 1, _bits >> BitsPerLevel) : throw new InvalidOperationException("The root has no parent.");

    /// <exception cref="InvalidOperationException">The bucket is as deep as may be.</exception>
    public BucketPath Child(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Children);
        return HasChildren ? new BucketPath(Level + 1, (_bits << BitsPerLevel) | (uint)index) : throw new InvalidOperationException($"The bucket {this} has no children.");
    }

    /// <summary>Which child of this bucket an id of it belongs to.</summary>
    public int ChildOf(string id) => ChildAt(PlaceOf(id));

    public int ChildAt(ulong place) =>
        HasChildren ? (int)(place >> (HashBits - (Level + 1) * BitsPerLevel)) & (Children - 1) : throw new InvalidOperationException($"The bucket {this} has no children.");

    public override string ToString()
    {
        Span<char> text = stackalloc char[Level];
        for (var i = 0; i < Level; i++) text[i] = Alphabet[(int)(_bits >> ((Level - 1 - i) * BitsPerLevel)) & (Children - 1)];
        return new string(text);
    }

    public static bool TryParse([NotNullWhen(true)] string? text, out BucketPath path)
    {
        path = Root;
        if (text is null || text.Length > MaxLevel) return false;
        foreach (var character in text)
        {
            var index = Alphabet.IndexOf(character, StringComparison.Ordinal);
            if (index < 0) return false;
            path = path.Child(index);
        }
        return true;
    }
}
