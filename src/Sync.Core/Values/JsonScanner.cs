using System.Buffers;
using System.Runtime.CompilerServices;

namespace Sync;

/// <summary>Steps over canonical text. It trusts its input: whatever is not canonical was refused by <see cref="Canonicalizer"/>.</summary>
internal static class JsonScanner
{
    private static readonly SearchValues<byte> BracketsAndEscape = SearchValues.Create("{}[]\\"u8);
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

    /// <summary>
    /// The index of a member's value in the object that starts at <paramref name="objectAt"/>, or -1. The name is quoted, with its colon.
    /// </summary>
    public static int FindValue(ReadOnlySpan<byte> json, int objectAt, ReadOnlySpan<byte> nameAndColon)
    {
        var rest = json[(objectAt + 1)..];
        var step = rest.IndexOf(nameAndColon);
        if (step < 0) return -1;
        // A quote in front of a letter opens a string unless it is escaped, and a string in front of a colon is a name. Without a bracket before it, it is a name of this object.
        var isPlain = nameAndColon[1] is not ((byte)',' or (byte)':' or (byte)'}' or (byte)']' or (byte)'"');
        if (isPlain && !rest[..step].ContainsAny(BracketsAndEscape)) return objectAt + 1 + step + nameAndColon.Length;
        return WalkToValue(json, objectAt, nameAndColon[..^1]);
    }

    private static int WalkToValue(ReadOnlySpan<byte> json, int objectAt, ReadOnlySpan<byte> quotedName)
    {
        for (var at = objectAt + 1; json[at] != (byte)'}';)
        {
            var nameEnd = SkipString(json, at);
            if (json[at..nameEnd].SequenceEqual(quotedName)) return nameEnd + 1;
            at = SkipValue(json, nameEnd + 1);
            if (json[at] == (byte)',') at++;
        }
        return -1;
    }

    /// <summary>Where a name that is not there has to be put in: the index of the next larger name, or of the closing brace.</summary>
    public static int FindGap(ReadOnlySpan<byte> json, int objectAt, ReadOnlySpan<byte> quotedName)
    {
        var at = objectAt + 1;
        while (json[at] != (byte)'}')
        {
            var nameEnd = SkipString(json, at);
            if (JsonText.CompareQuoted(json[at..nameEnd], quotedName) > 0) break;
            at = SkipValue(json, nameEnd + 1);
            if (json[at] == (byte)',') at++;
        }
        return at;
    }

    /// <summary>How deep a value nests: 0 for a scalar, 1 for a flat list or object.</summary>
    public static int DepthOf(ReadOnlySpan<byte> json)
    {
        if (json[0] is not ((byte)'{' or (byte)'[')) return 0;
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
        var flat = json[(at + 1)..];
        var close = flat.IndexOf(json[at] == (byte)'[' ? (byte)']' : (byte)'}');
        if (IsFlat(flat[..close])) return at + close + 2;
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

    /// <summary>True when a piece of text that starts outside a string holds only whole scalars: no bracket, no escape, each string closed.</summary>
    public static bool IsFlat(ReadOnlySpan<byte> piece) => !piece.ContainsAny(BracketsAndEscape) && piece.Count((byte)'"') % 2 == 0;

    private static int SkipNumber(ReadOnlySpan<byte> json, int at)
    {
        while (at < json.Length && json[at] is not ((byte)',' or (byte)'}' or (byte)']')) at++;
        return at;
    }
}
