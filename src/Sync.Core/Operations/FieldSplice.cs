namespace Sync;

/// <summary>Writes into canonical fields by copying the bytes around the one place that changes. Walks objects only; false where a path meets a scalar or a list.</summary>
internal static class FieldSplice
{
    /// <summary>Puts a value at a path and makes missing or null parents.</summary>
    public static bool TrySet(CanonicalJson fields, FieldPath path, CanonicalJson value, out CanonicalJson result)
    {
        var json = fields.Utf8.Span;
        var segments = path.QuotedSegments;
        var at = 0;
        for (var i = 0; i < segments.Length; i++)
        {
            var rest = segments.AsSpan()[(i + 1)..];
            var place = JsonScanner.FindMember(json, at, segments[i]);
            if (!place.IsFound)
            {
                result = Insert(json, at, place.NameStart, segments[i], Nest(rest, value));
                return true;
            }
            var isNull = json[place.ValueStart] == (byte)'n';
            if (rest.IsEmpty || isNull)
            {
                result = Replace(json, place.ValueStart, place.ValueEnd, Nest(rest, value));
                return true;
            }
            if (json[place.ValueStart] != (byte)'{') break;
            at = place.ValueStart;
        }
        result = default;
        return false;
    }

    /// <summary>Takes a field away; a path that leads nowhere changes nothing.</summary>
    public static bool TryUnset(CanonicalJson fields, FieldPath path, out CanonicalJson result)
    {
        result = fields;
        var json = fields.Utf8.Span;
        var segments = path.QuotedSegments;
        var at = 0;
        for (var i = 0; i < segments.Length; i++)
        {
            var place = JsonScanner.FindMember(json, at, segments[i]);
            if (!place.IsFound) return true;
            if (i == segments.Length - 1)
            {
                result = Remove(json, place);
                return true;
            }
            if (json[place.ValueStart] == (byte)'n') return true;
            if (json[place.ValueStart] != (byte)'{') return false;
            at = place.ValueStart;
        }
        return true;
    }

    private static CanonicalJson Insert(ReadOnlySpan<byte> json, int objectAt, int at, ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        var isLast = json[at] == (byte)'}';
        var isAlone = isLast && at == objectAt + 1;
        var bytes = new byte[json.Length + name.Length + value.Length + (isAlone ? 1 : 2)];
        var to = bytes.AsSpan();
        Put(ref to, json[..at]);
        if (isLast && !isAlone) Put(ref to, ","u8);
        Put(ref to, name);
        Put(ref to, ":"u8);
        Put(ref to, value);
        if (!isLast) Put(ref to, ","u8);
        Put(ref to, json[at..]);
        return CanonicalJson.FromCanonicalBytes(bytes);
    }

    private static CanonicalJson Replace(ReadOnlySpan<byte> json, int start, int end, ReadOnlySpan<byte> value)
    {
        var bytes = new byte[json.Length - (end - start) + value.Length];
        var to = bytes.AsSpan();
        Put(ref to, json[..start]);
        Put(ref to, value);
        Put(ref to, json[end..]);
        return CanonicalJson.FromCanonicalBytes(bytes);
    }

    private static CanonicalJson Remove(ReadOnlySpan<byte> json, MemberPlace place)
    {
        var (start, end) = (place.NameStart, place.ValueEnd);
        if (json[end] == (byte)',') end++;
        else if (json[start - 1] == (byte)',') start--;
        return Replace(json, start, end, default);
    }

    /// <summary>The value wrapped in an object for each name: <c>{"a":{"b":value}}</c>.</summary>
    private static ReadOnlySpan<byte> Nest(ReadOnlySpan<byte[]> names, CanonicalJson value)
    {
        if (names.IsEmpty) return value.Utf8.Span;
        var length = value.Utf8.Length;
        foreach (var name in names) length += name.Length + 3;
        var bytes = new byte[length];
        var to = bytes.AsSpan();
        foreach (var name in names)
        {
            Put(ref to, "{"u8);
            Put(ref to, name);
            Put(ref to, ":"u8);
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
