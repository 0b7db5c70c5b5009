namespace Sync;

/// <summary>A list of canonical values as an ordered set: what list operations do to its bytes.</summary>
internal static class JsonList
{
    /// <summary>The list with the value at its new place and nowhere else.</summary>
    public static CanonicalJson Insert(CanonicalJson list, CanonicalJson value, ListPosition position)
    {
        if (AnchorOf(position) is { } anchor && anchor == value && Contains(list, value)) return Keep(list, value);
        var others = Without(list, value, keepFirst: false);
        var at = position switch
        {
            ListPosition.Prepend => 1,
            ListPosition.Append => others.Length - 1,
            ListPosition.Before before => Find(others, before.Anchor) is { } found ? found.Start : 1,
            ListPosition.After after => Find(others, after.Anchor) is { } found ? found.End : others.Length - 1,
            _ => throw new ArgumentOutOfRangeException(nameof(position), position, "Not a list position."),
        };
        return InsertAt(others, at, value.Utf8.Span);
    }

    /// <summary>The list without any element that equals the value; the same list when there was none.</summary>
    public static CanonicalJson Remove(CanonicalJson list, CanonicalJson value) =>
        Contains(list, value) ? CanonicalJson.FromCanonicalBytes(Without(list, value, keepFirst: false)) : list;

    public static bool Contains(CanonicalJson list, CanonicalJson value) => Find(list.Utf8.Span, value) is not null;

    /// <summary>The element in front of the first one that equals the value; missing when that is the first, or not there.</summary>
    public static CanonicalJson LeftOf(CanonicalJson list, CanonicalJson value)
    {
        var left = default(CanonicalJson);
        foreach (var element in list.Elements)
        {
            if (element == value) return left;
            left = element;
        }
        return default;
    }

    private static CanonicalJson? AnchorOf(ListPosition position) => position switch
    {
        ListPosition.Before before => before.Anchor,
        ListPosition.After after => after.Anchor,
        _ => null,
    };

    private static CanonicalJson Keep(CanonicalJson list, CanonicalJson value) => CanonicalJson.FromCanonicalBytes(Without(list, value, keepFirst: true));

    private static (int Start, int End)? Find(ReadOnlySpan<byte> list, CanonicalJson value)
    {
        for (var at = 1; list[at] != (byte)']';)
        {
            var end = JsonScanner.SkipValue(list, at);
            if (list[at..end].SequenceEqual(value.Utf8.Span)) return (at, end);
            at = list[end] == (byte)',' ? end + 1 : end;
        }
        return null;
    }

    private static byte[] Without(CanonicalJson list, CanonicalJson value, bool keepFirst)
    {
        var from = list.Utf8.Span;
        var kept = new ByteBuffer(from.Length);
        kept.Add((byte)'[');
        for (var at = 1; from[at] != (byte)']';)
        {
            var end = JsonScanner.SkipValue(from, at);
            var element = from[at..end];
            if (keepFirst || !element.SequenceEqual(value.Utf8.Span))
            {
                if (element.SequenceEqual(value.Utf8.Span)) keepFirst = false;
                if (kept.Length > 1) kept.Add((byte)',');
                kept.Add(element);
            }
            at = from[end] == (byte)',' ? end + 1 : end;
        }
        kept.Add((byte)']');
        var bytes = kept.Written.ToArray();
        kept.Dispose();
        return bytes;
    }

    private static CanonicalJson InsertAt(ReadOnlySpan<byte> list, int at, ReadOnlySpan<byte> value)
    {
        if (list.Length == 2) return CanonicalJson.FromCanonicalBytes((byte[])[.. "["u8, .. value, .. "]"u8]);
        return CanonicalJson.FromCanonicalBytes(at == 1
            ? (byte[])[.. "["u8, .. value, .. ","u8, .. list[1..]]
            : list[at] == (byte)',' || list[at] == (byte)']'
                ? [.. list[..at], .. ","u8, .. value, .. list[at..]]
                : [.. list[..at], .. value, .. ","u8, .. list[at..]]);
    }
}
