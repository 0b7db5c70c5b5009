using System.Buffers.Text;

namespace Sync;

public readonly partial struct CanonicalJson
{
    /// <summary>The value at a path, walking objects only; missing if there is none.</summary>
    public CanonicalJson Get(FieldPath path)
    {
        var value = this;
        foreach (var name in path.NamesAndColons) value = value.Member(name);
        return value;
    }

    /// <summary>A member of an object; missing if there is none, or if this is no object.</summary>
    public CanonicalJson this[string name] => JsonText.Quote(name) is { } quoted ? Member([.. quoted, (byte)':']) : default;

    /// <summary>A member by its quoted canonical name and the colon behind it.</summary>
    internal CanonicalJson Member(ReadOnlySpan<byte> nameAndColon)
    {
        var json = _utf8.Span;
        if (json.IsEmpty || json[0] != (byte)'{') return default;
        var at = JsonScanner.FindValue(json, 0, nameAndColon);
        return at < 0 ? default : new CanonicalJson(_utf8[at..JsonScanner.SkipValue(json, at)]);
    }

    /// <summary>The members of an object in canonical order; nothing for other kinds.</summary>
    public IEnumerable<KeyValuePair<string, CanonicalJson>> Members
    {
        get
        {
            if (Kind != JsonKind.Object) yield break;
            for (var at = 1; _utf8.Span[at] != (byte)'}';)
            {
                var nameEnd = JsonScanner.SkipString(_utf8.Span, at);
                var valueEnd = JsonScanner.SkipValue(_utf8.Span, nameEnd + 1);
                yield return new(JsonText.Unquote(_utf8.Span[at..nameEnd]), new CanonicalJson(_utf8[(nameEnd + 1)..valueEnd]));
                at = _utf8.Span[valueEnd] == (byte)',' ? valueEnd + 1 : valueEnd;
            }
        }
    }

    /// <summary>The elements of a list; nothing for other kinds.</summary>
    public IEnumerable<CanonicalJson> Elements
    {
        get
        {
            if (Kind != JsonKind.List) yield break;
            for (var at = 1; _utf8.Span[at] != (byte)']';)
            {
                var end = JsonScanner.SkipValue(_utf8.Span, at);
                yield return new CanonicalJson(_utf8[at..end]);
                at = _utf8.Span[end] == (byte)',' ? end + 1 : end;
            }
        }
    }

    /// <summary>The text of a string; null for other kinds.</summary>
    public string? AsString() => Kind == JsonKind.String ? JsonText.Unquote(_utf8.Span) : null;

    /// <summary>The number as a whole number; null for other kinds and for what is not whole or does not fit.</summary>
    public long? AsInt64() =>
        Kind == JsonKind.Number && Utf8Parser.TryParse(_utf8.Span, out long value, out var length) && length == _utf8.Length ? value : null;

    /// <summary>The nearest double; null for other kinds.</summary>
    public double? AsDouble() => Kind == JsonKind.Number && Utf8Parser.TryParse(_utf8.Span, out double value, out _) ? value : null;

    public bool? AsBoolean() => Kind switch { JsonKind.True => true, JsonKind.False => false, _ => null };

    /// <summary>The total order: missing = null &lt; false &lt; true &lt; numbers &lt; strings by code point &lt; lists and objects, which are all equal to each other here.</summary>
    public int CompareTo(CanonicalJson other)
    {
        var (left, right) = (Rank(Kind), Rank(other.Kind));
        if (left != right) return left.CompareTo(right);
        return left switch
        {
            JsonKind.Number => JsonNumber.Compare(_utf8.Span, other._utf8.Span),
            JsonKind.String => JsonText.CompareQuoted(_utf8.Span, other._utf8.Span),
            _ => 0,
        };
    }

    private static JsonKind Rank(JsonKind kind) => kind switch
    {
        JsonKind.Missing => JsonKind.Null,
        JsonKind.Object => JsonKind.List,
        _ => kind,
    };
}
