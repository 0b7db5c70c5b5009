using System.Buffers;
using System.Collections.Immutable;
using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>
/// A row's columns, read as text, put together to a record's fields. Many thousands at once when somebody subscribes, so nothing is allocated but what is kept.
/// </summary>
internal sealed class RowReading(RelationalShape shape)
{
    private const int MaxKeptBytes = 64 * 1024;

    [ThreadStatic] private static ArrayBufferWriter<byte>? s_json;
    [ThreadStatic] private static byte[]? s_text;

    /// <summary>In the fields' canonical order, each with <c>"name":</c>.</summary>
    private readonly ImmutableArray<(ColumnCodec Codec, byte[] Label)> _columns =
        [.. shape.Columns.Select(c => (c.Codec, (byte[])[.. CanonicalJson.From(c.JsonName).Utf8.Span, (byte)':']))];

    /// <param name="first">Where the content of <paramref name="row"/> begins.</param>
    public CanonicalJson Read(NpgsqlDataReader row, int first)
    {
        var json = s_json is { Capacity: <= MaxKeptBytes } kept ? kept : s_json = new ArrayBufferWriter<byte>();
        json.ResetWrittenCount();
        for (var i = 0; i < _columns.Length; i++)
        {
            if (row.IsDBNull(first + i)) continue;
            json.Write(json.WrittenCount == 0 ? "{"u8 : ","u8);
            json.Write(_columns[i].Label);
            _columns[i].Codec.Append(TextOf(row, first + i), json);
        }

        if (json.WrittenCount == 0) return CanonicalJson.EmptyObject;
        json.Write("}"u8);
        return CanonicalJson.FromCanonicalBytes(json.WrittenSpan.ToArray());
    }

    private static ReadOnlySpan<byte> TextOf(NpgsqlDataReader row, int column)
    {
        var length = (int)row.GetBytes(column, 0, null, 0, 0);
        if (length > MaxKeptBytes) return row.GetFieldValue<byte[]>(column);
        var text = s_text ??= new byte[MaxKeptBytes];
        row.GetBytes(column, 0, text, 0, length);
        return text.AsSpan(0, length);
    }
}
