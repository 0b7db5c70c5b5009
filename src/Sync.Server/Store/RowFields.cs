using System.Collections.Immutable;

namespace Sync.Server;

/// <summary>For stores with a column a field: a record's fields by column, and back to one canonical object.</summary>
/// <param name="names">The fields' names in canonical order, by code point.</param>
public sealed class RowFields(IReadOnlyList<string> names)
{
    private readonly Dictionary<string, int> _places = names.Select((name, i) => (name, i)).ToDictionary(n => n.name, n => n.i, StringComparer.Ordinal);

    /// <summary><c>"name":</c> in canonical form.</summary>
    private readonly ImmutableArray<byte[]> _labels = [.. names.Select(name => (byte[])[.. CanonicalJson.From(name).Utf8.Span, (byte)':'])];

    /// <summary>The column of a field; -1 where there is none.</summary>
    public int PlaceOf(string jsonName) => _places.GetValueOrDefault(jsonName, -1);

    /// <summary>The value of each column; <paramref name="unknown"/> is the first field that has none.</summary>
    public CanonicalJson[] Split(CanonicalJson fields, out string? unknown)
    {
        unknown = null;
        var values = new CanonicalJson[_labels.Length];
        foreach (var (name, value) in fields.Members)
        {
            if (_places.TryGetValue(name, out var place)) values[place] = value;
            else unknown ??= name;
        }

        return values;
    }

    /// <summary>The object of the fields that are not missing.</summary>
    public CanonicalJson Join(ReadOnlySpan<CanonicalJson> values)
    {
        var length = 2;
        for (var i = 0; i < values.Length; i++)
        {
            if (!values[i].IsMissing) length += _labels[i].Length + values[i].Utf8.Length + 1;
        }

        if (length == 2) return CanonicalJson.EmptyObject;
        var bytes = new byte[length - 1];
        var at = 0;
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i].IsMissing) continue;
            bytes[at] = at++ == 0 ? (byte)'{' : (byte)',';
            _labels[i].CopyTo(bytes.AsSpan(at));
            at += _labels[i].Length;
            values[i].Utf8.Span.CopyTo(bytes.AsSpan(at));
            at += values[i].Utf8.Length;
        }

        bytes[at] = (byte)'}';
        return CanonicalJson.FromCanonicalBytes(bytes);
    }
}
