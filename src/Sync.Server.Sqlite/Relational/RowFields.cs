using System.Collections.Immutable;

namespace Sync.Server.Sqlite;

/// <summary>A record's fields by column, and back to one canonical object. Columns stand in the order of their fields' names, as the object has them.</summary>
internal sealed class RowFields(ImmutableArray<Column> columns)
{
    private readonly Dictionary<string, int> _places = columns.Select((c, i) => (c.JsonName, i)).ToDictionary(c => c.JsonName, c => c.i, StringComparer.Ordinal);

    public int PlaceOf(string jsonName) => _places.GetValueOrDefault(jsonName, -1);

    /// <summary>The value of each column; <paramref name="unknown"/> is the first field that has none.</summary>
    public CanonicalJson[] Split(CanonicalJson fields, out string? unknown)
    {
        unknown = null;
        var values = new CanonicalJson[columns.Length];
        foreach (var (name, value) in fields.Members)
        {
            if (_places.TryGetValue(name, out var place)) values[place] = value;
            else unknown ??= name;
        }

        return values;
    }

    public CanonicalJson Join(ReadOnlySpan<CanonicalJson> values)
    {
        var length = 2;
        for (var i = 0; i < values.Length; i++)
        {
            if (!values[i].IsMissing) length += columns[i].Label.Length + values[i].Utf8.Length + 1;
        }

        if (length == 2) return CanonicalJson.EmptyObject;
        var bytes = new byte[length - 1];
        var at = 0;
        for (var i = 0; i < values.Length; i++)
        {
            if (values[i].IsMissing) continue;
            bytes[at] = at++ == 0 ? (byte)'{' : (byte)',';
            columns[i].Label.Span.CopyTo(bytes.AsSpan(at));
            at += columns[i].Label.Length;
            values[i].Utf8.Span.CopyTo(bytes.AsSpan(at));
            at += values[i].Utf8.Length;
        }

        bytes[at] = (byte)'}';
        return CanonicalJson.FromCanonicalBytes(bytes);
    }
}
