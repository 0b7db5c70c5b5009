using System.Buffers;
using System.Runtime.CompilerServices;

namespace Sync;

/// <summary>Steps over canonical text. It trusts its input: whatever is not canonical was refused by <see cref="Canonicalizer"/>.</summary>
internal static class JsonScanner
{
    private static readonly SearchValues<byte> Structure = SearchValues.Create("\"{}[]"u8);

    public static JsonKind KindOf(byte first) => first switch
    {
        (byte)'{' => JsonKind.Object,
        (byte)'[' => JsonKind.List,
        (byte)'"' => JsonKind.String,
        (byte)'t' => JsonKind.True,
        (byte)'f' => JsonKind.False,
        (byte)'n' => JsonKind.Null,
        _ => JsonKind.Number,
    };

    /// <summary>The index behind the value that starts at <paramref name="at"/>.</summary>
    public static int SkipValue(ReadOnlySpan<byte> json, int at) => json[at] switch
    {
        (byte)'"' => SkipString(json, at),
        (byte)'{' or (byte)'[' => SkipNested(json, at),
        (byte)'t' or (byte)'n' => at + 4,
        (byte)'f' => at + 5,
        _ => SkipNumber(json, at),
    };

    /// <summary>The index behind the closing quote of the string that starts at <paramref name="at"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SkipString(ReadOnlySpan<byte> json, int at)
    {
        at++;
        while (true)
        {
            var step = json[at..].IndexOfAny((byte)'"', (byte)'\\');
            at += step;
            if (json[at] == (byte)'"') return at + 1;
            at += 2;
        }
    }

    /// <summary>Finds a member of the object that starts at <paramref name="at"/> by its quoted canonical name.</summary>
    public static MemberPlace FindMember(ReadOnlySpan<byte> json, int at, ReadOnlySpan<byte> quotedName)
    {
        at++;
        while (json[at] != (byte)'}')
        {
            var nameEnd = SkipString(json, at);
            var name = json[at..nameEnd];
            if (name.SequenceEqual(quotedName)) return new(at, nameEnd + 1, SkipValue(json, nameEnd + 1));
            if (JsonText.CompareQuoted(name, quotedName) > 0) break;
            at = SkipValue(json, nameEnd + 1);
            if (json[at] == (byte)',') at++;
        }
        return new(at, -1, -1);
    }

    /// <summary>How deep a value nests: 0 for a scalar, 1 for a flat list or object.</summary>
    public static int DepthOf(ReadOnlySpan<byte> json)
    {
        int depth = 0, deepest = 0;
        for (var at = json.IndexOfAny(Structure); at >= 0 && at < json.Length;)
        {
            if (json[at] == (byte)'"') at = SkipString(json, at);
            else
            {
                depth += json[at] is (byte)'{' or (byte)'[' ? 1 : -1;
                deepest = Math.Max(deepest, depth);
                at++;
            }
            var step = json[at..].IndexOfAny(Structure);
            if (step < 0) break;
            at += step;
        }
        return deepest;
    }

    private static int SkipNested(ReadOnlySpan<byte> json, int at)
    {
        var depth = 0;
        while (true)
        {
            at += json[at..].IndexOfAny(Structure);
            switch (json[at])
            {
                case (byte)'"':
                    at = SkipString(json, at);
                    break;
                case (byte)'{' or (byte)'[':
                    depth++;
                    at++;
                    break;
                default:
                    at++;
                    if (--depth == 0) return at;
                    break;
            }
        }
    }

    private static int SkipNumber(ReadOnlySpan<byte> json, int at)
    {
        while (at < json.Length && json[at] is not ((byte)',' or (byte)'}' or (byte)']')) at++;
        return at;
    }
}

/// <summary>Where a member stands in its object, or, not found, where its name would have to be put in.</summary>
internal readonly record struct MemberPlace(int NameStart, int ValueStart, int ValueEnd)
{
    public bool IsFound => ValueStart >= 0;
}
