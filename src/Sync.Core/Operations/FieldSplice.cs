namespace Sync;

/// <summary>Writes into canonical fields by copying the bytes around the one place that changes. Walks objects only; false where a path meets a scalar or a list.</summary>
internal static class FieldSplice
{
    /// <summary>Puts a value at a path and makes missing or null parents.</summary>
    public static bool TrySet(CanonicalJson fields, FieldPath path, CanonicalJson value, out CanonicalJson result)
    {
        var json = fields.Utf8.Span;
        var names = path.NamesAndColons;
        var objectAt = 0;
        for (var i = 0; i < names.Length; i++)
        {
            var rest = names.AsSpan()[(i + 1)..];
            var at = JsonScanner.FindValue(json, objectAt, names[i]);
            if (at < 0)
            {
                result = Insert(json, objectAt, names[i], Nest(rest, value));
                return true;
            }
            if (rest.IsEmpty || json[at] == (byte)'n')
            {
                result = Replace(json, at, JsonScanner.SkipValue(json, at), Nest(rest, value));
                return true;
            }
            if (json[at] != (byte)'{') break;
            objectAt = at;
        }
        result = default;
        return false;
    }

    /// <summary>Takes a field away; a path that leads nowhere changes nothing.</summary>
    public static bool TryUnset(CanonicalJson fields, FieldPath path, out CanonicalJson result)
    {
        result = fields;
        var json = fields.Utf8.Span;
        var names = path.NamesAndColons;
        var objectAt = 0;
        for (var i = 0; i < names.Length; i++)
        {
            var at = JsonScanner.FindValue(json, objectAt, names[i]);
            if (at < 0) return true;
            if (i == names.Length - 1)
            {
                result = Remove(json, at - names[i].Length, JsonScanner.SkipValue(json, at));
                return true;
            }
            if (json[at] == (byte)'n') return true;
            if (json[at] != (byte)'{') return false;
            objectAt = at;
        }
        return true;
    }

    /// <summary>The text with the bytes from <paramref name="start"/> to <paramref name="end"/> replaced by up to three others.</summary>
    public static CanonicalJson Replace(ReadOnlySpan<byte> json, int start, int end, ReadOnlySpan<byte> first, ReadOnlySpan<byte> second = default, ReadOnlySpan<byte> third = default)
    {
        var bytes = new byte[json.Length - (end - start) + first.Length + second.Length + third.Length];
        var to = bytes.AsSpan();
        Put(ref to, json[..start]);
        Put(ref to, first);
        Put(ref to, second);
        Put(ref to, third);
        Put(ref to, json[end..]);
        return CanonicalJson.FromCanonicalBytes(bytes);
    }

    private static CanonicalJson Insert(ReadOnlySpan<byte> json, int objectAt, ReadOnlySpan<byte> nameAndColon, ReadOnlySpan<byte> value)
    {
        var at = JsonScanner.FindGap(json, objectAt, nameAndColon[..^1]);
        if (json[at] != (byte)'}') return Replace(json, at, at, nameAndColon, value, ","u8);
        var isAlone = at == objectAt + 1;
        return Replace(json, at, at, isAlone ? default : ","u8, nameAndColon, value);
    }

    private static CanonicalJson Remove(ReadOnlySpan<byte> json, int start, int end)
    {
        if (json[end] == (byte)',') end++;
        else if (json[start - 1] == (byte)',') start--;
        return Replace(json, start, end, default);
    }

    /// <summary>The value wrapped in an object for each name: <c>{"a":{"b":value}}</c>.</summary>
    private static ReadOnlySpan<byte> Nest(ReadOnlySpan<byte[]> names, CanonicalJson value)
    {
        if (names.IsEmpty) return value.Utf8.Span;
        var length = value.Utf8.Length;
        foreach (var name in names) length += name.Length + 2;
        var bytes = new byte[length];
        var to = bytes.AsSpan();
        foreach (var name in names)
        {
            Put(ref to, "{"u8);
            Put(ref to, name);
        }
        Put(ref to, value.Utf8.Span);
        to.Fill((byte)'}');
        return bytes;
    }

    private static void Put(ref Span<byte> to, ReadOnlySpan<byte> from)
    {
        from.CopyTo(to);
        to = to[from.Length..];
    }
}
