using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace Sync.Client.IndexedDb;

/// <summary>Packs texts, numbers and values into one array, little-endian, lengths in front. The script's Reader reads the same.</summary>
internal sealed class PackedWriter
{
    private const int NoText = -1;

    private readonly ArrayBufferWriter<byte> _bytes = new();

    public static byte[] Pack(IEnumerable<RecordKey> keys)
    {
        var packed = new PackedWriter();
        foreach (var key in keys) packed.Text(key.Table).Text(key.Id);
        return packed.ToArray();
    }

    public PackedWriter Byte(byte value)
    {
        _bytes.Write([value]);
        return this;
    }

    public PackedWriter Int32(int value)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_bytes.GetSpan(sizeof(int)), value);
        _bytes.Advance(sizeof(int));
        return this;
    }

    public PackedWriter Int64(long value)
    {
        BinaryPrimitives.WriteInt64LittleEndian(_bytes.GetSpan(sizeof(long)), value);
        _bytes.Advance(sizeof(long));
        return this;
    }

    /// <summary>A number as JavaScript has them.</summary>
    public PackedWriter Number(double value)
    {
        BinaryPrimitives.WriteDoubleLittleEndian(_bytes.GetSpan(sizeof(double)), value);
        _bytes.Advance(sizeof(double));
        return this;
    }

    public PackedWriter Text(string? text)
    {
        if (text is null) return Int32(NoText);
        Int32(Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, _bytes);
        return this;
    }

    public PackedWriter Bytes(ReadOnlySpan<byte> bytes)
    {
        Int32(bytes.Length);
        _bytes.Write(bytes);
        return this;
    }

    public PackedWriter Json(CanonicalJson json) => Bytes(json.Utf8.Span);

    public byte[] ToArray() => _bytes.WrittenSpan.ToArray();

    public ReadOnlySpan<byte> Written => _bytes.WrittenSpan;
}
