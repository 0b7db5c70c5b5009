namespace Sync;

/// <summary>A list of canonical values as an ordered set: what list operations do to its bytes.</summary>
internal static class JsonList
{
    /// <summary>The list with the value at its new place and nowhere else.</summary>
    public static CanonicalJson Insert(CanonicalJson list, CanonicalJson value, ListPosition position)
    {
        var keepsPlace = AnchorOf(position) is { } anchor && anchor == value && Contains(list, value);
        var others = Without(list, value, keepFirst: keepsPlace);
        if (keepsPlace) return others;
        var json = others.Utf8.Span;
        var at = position switch
        {
            ListPosition.Prepend => 1,
            ListPosition.Append => json.Length - 1,
            ListPosition.Before before => Find(json, before.Anchor.Utf8.Span) is { Start: > 0 } found ? found.Start : 1,
            ListPosition.After after => Find(json, after.Anchor.Utf8.Span) is { Start: > 0 } found ? found.End : json.Length - 1,
            _ => throw new ArgumentOutOfRangeException(nameof(position), position, "Not a list position."),
        };
        if (json.Length == 2) return FieldSplice.Replace(json, 1, 1, value.Utf8.Span);
        var isBehind = at > 1 && json[at] is (byte)',' or (byte)']';
        return isBehind ? FieldSplice.Replace(json, at, at, ","u8, value.Utf8.Span) : FieldSplice.Replace(json, at, at, value.Utf8.Span, ","u8);
    }

    /// <summary>The list without any element that equals the value; the same list when there was none.</summary>
    public static CanonicalJson Remove(CanonicalJson list, CanonicalJson value) => Without(list, value, keepFirst: false);

    public static bool Contains(CanonicalJson list, CanonicalJson value) => Find(list.Utf8.Span, value.Utf8.Span).Start > 0;

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

    /// <summary>The first element from <paramref name="from"/> on that equals the value; start 0 when there is none.</summary>
    private static (int Start, int End) Find(ReadOnlySpan<byte> list, ReadOnlySpan<byte> value, int from = 1)
    {
        var step = list[from..].IndexOf(value);
        if (step < 0) return default;
        var start = from + step;
        var isElement = list[start - 1] is (byte)'[' or (byte)',' && list[start + value.Length] is (byte)']' or (byte)',';
        if (isElement && JsonScanner.IsFlat(list[from..start])) return (start, start + value.Length);
        for (var at = from; list[at] != (byte)']';)
        {
            var end = JsonScanner.SkipValue(list, at);
            if (end - at == value.Length && list[at..end].SequenceEqual(value)) return (at, end);
            at = list[end] == (byte)',' ? end + 1 : end;
        }
        return default;
    }

    private static CanonicalJson Without(CanonicalJson list, CanonicalJson value, bool keepFirst)
    {
        var json = list.Utf8.Span;
        var found = Find(json, value.Utf8.Span);
        if (keepFirst && found.Start > 0) found = Next(json, found.End, value);
        while (found.Start > 0)
        {
            var (start, end) = found;
            if (json[end] == (byte)',') end++;
            else if (json[start - 1] == (byte)',') start--;
            list = FieldSplice.Replace(json, start, end, default);
            json = list.Utf8.Span;
            found = json[start] == (byte)']' ? default : Find(json, value.Utf8.Span, start);
        }
        return list;
    }

    private static (int Start, int End) Next(ReadOnlySpan<byte> list, int end, CanonicalJson value) =>
        list[end] == (byte)',' ? Find(list, value.Utf8.Span, end + 1) : default;
}
