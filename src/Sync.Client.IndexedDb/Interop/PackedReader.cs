using System.Buffers.Binary;
using System.Text;

namespace Sync.Client.IndexedDb;

/// <summary>Reads what <see cref="PackedWriter"/> or the script packed.</summary>
/// <remarks>What is not packed so throws <see cref="ArgumentOutOfRangeException"/>: <see cref="StoredValues"/> makes a damaged storage of it.</remarks>
internal ref struct PackedReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>An array of values, each with its length in front.</summary>
    public static IEnumerable<byte[]> Values(byte[] packed)
    {
        for (var at = 0; at < packed.Length;)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(packed.AsSpan(at));
            at += sizeof(int);
            yield return packed[at..(at + length)];
            at += length;
        }
    }

    public int Int32() => BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));

    public long Int64() => BinaryPrimitives.ReadInt64LittleEndian(Take(sizeof(long)));

    public string? OptionalText() => Int32() is >= 0 and var length ? Encoding.UTF8.GetString(Take(length)) : null;

    public string Text() => Encoding.UTF8.GetString(Bytes());

    public ReadOnlySpan<byte> Bytes() => Take(Int32());

    private ReadOnlySpan<byte> Take(int length)
    {
        var taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
