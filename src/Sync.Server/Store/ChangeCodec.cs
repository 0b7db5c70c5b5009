using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Sync.Server;

/// <summary>
/// For stores that keep a log: the changes of one transaction as one JSON text: <c>[["table","id",before,after],…]</c>, a side being null or <c>[version,isDeleted,fields]</c>. Fields go in and
/// come out as the bytes they are.
/// </summary>
public static class ChangeCodec
{
    public static void Write(ArrayBufferWriter<byte> to, IReadOnlyList<RecordChange> changes)
    {
        to.Write("["u8);
        for (var i = 0; i < changes.Count; i++)
        {
            to.Write(i == 0 ? "["u8 : ",["u8);
            to.Write(CanonicalJson.From(changes[i].Key.Table).Utf8.Span);
            to.Write(","u8);
            to.Write(CanonicalJson.From(changes[i].Key.Id).Utf8.Span);
            to.Write(","u8);
            Write(to, changes[i].Before);
            to.Write(","u8);
            Write(to, changes[i].After);
            to.Write("]"u8);
        }

        to.Write("]"u8);
    }

    public static IReadOnlyList<RecordChange> Read(ReadOnlyMemory<byte> json)
    {
        var changes = new List<RecordChange>();
        var reader = new Utf8JsonReader(json.Span, new JsonReaderOptions { MaxDepth = JsonLimits.MaxDepth + 8 });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.StartArray)
        {
            reader.Read();
            var table = reader.GetString()!;
            reader.Read();
            var key = new RecordKey(table, reader.GetString()!);
            var before = ReadSide(ref reader, key, json);
            var after = ReadSide(ref reader, key, json) ?? throw new JsonException($"A change of {key} in the log has no after side.");
            reader.Read();
            changes.Add(new RecordChange(before, after));
        }

        return changes;
    }

    private static void Write(ArrayBufferWriter<byte> to, Record? side)
    {
        if (side is null)
        {
            to.Write("null"u8);
            return;
        }

        to.Write("["u8);
        to.Write(Encoding.UTF8.GetBytes(side.Version.ToString(CultureInfo.InvariantCulture)));
        to.Write(side.IsDeleted ? ",true,"u8 : ",false,"u8);
        to.Write(side.Fields.Utf8.Span);
        to.Write("]"u8);
    }

    private static Record? ReadSide(ref Utf8JsonReader reader, RecordKey key, ReadOnlyMemory<byte> json)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return null;
        reader.Read();
        var version = reader.GetInt64();
        reader.Read();
        var isDeleted = reader.GetBoolean();
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        var fields = CanonicalJson.FromCanonicalBytes(json[start..(int)reader.BytesConsumed]);
        reader.Read();
        return new Record(key, version, fields, isDeleted);
    }
}
