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

    public bool Contains(string id) => Level == 0 || HashOf(id) >> (HashBits - Level * BitsPerLevel) == _bits;

    /// <exception cref="InvalidOperationException">The bucket is as deep as may be.</exception>
    public BucketPath Child(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Children);
        return HasChildren ? new BucketPath(Level + 1, (_bits << BitsPerLevel) | (uint)index) : throw new InvalidOperationException($"The bucket {this} has no children.");
    }

    /// <summary>Which child of this bucket an id of it belongs to.</summary>
    public int ChildOf(string id) =>
        HasChildren ? (int)(HashOf(id) >> (HashBits - (Level + 1) * BitsPerLevel)) & (Children - 1) : throw new InvalidOperationException($"The bucket {this} has no children.");

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

    private static ulong HashOf(string id)
    {
        Span<byte> utf8 = stackalloc byte[JsonLimits.MaxIdBytes];
        return Encoding.UTF8.TryGetBytes(id, utf8, out var length) ? XxHash3.HashToUInt64(utf8[..length]) : XxHash3.HashToUInt64(Encoding.UTF8.GetBytes(id));
    }
}
