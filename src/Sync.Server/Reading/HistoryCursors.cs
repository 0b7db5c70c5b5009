using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Sync.Server;

/// <summary>
/// Places in one record's history as texts that tell nothing: sealed like tokens, under a key of their own, with a mark of the record, so that one
/// of another record opens to nothing.
/// </summary>
internal sealed class HistoryCursors(ReadOnlyMemory<byte> tokenKey)
{
    private readonly TokenSeal _seal = new(HMACSHA256.HashData(tokenKey.Span, "history cursor"u8));

    public string Seal(RecordKey key, Revision revision) => _seal.Seal(revision, MarkOf(key), salt: 0).Value;

    public bool TryOpen(RecordKey key, string cursor, out Revision revision) => _seal.TryOpen(new Token(cursor), out revision, out var mark) && mark == TokenSeal.Kept(MarkOf(key));

    private static ulong MarkOf(RecordKey key)
    {
        // No table's name holds a NUL.
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{key.Table}\0{key.Id}"), hash);
        return BinaryPrimitives.ReadUInt64BigEndian(hash);
    }
}
