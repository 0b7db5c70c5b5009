using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Sync.Server;

/// <summary>
/// Turns a place in the log into the token that clients hold and back. One AES block over revision and mark: as long for the first change as for the
/// last, without a pattern, and a token that was tampered with opens to a place whose mark no log has.
/// </summary>
internal sealed class TokenSeal : IDisposable
{
    private const int BlockBytes = 16;
    private readonly Lock _gate = new();
    private readonly Aes _cipher = Aes.Create();

    public TokenSeal(ReadOnlyMemory<byte> key) => _cipher.Key = key.ToArray();

    public Token Seal(Revision revision, ulong mark)
    {
        Span<byte> plain = stackalloc byte[BlockBytes];
        Span<byte> block = stackalloc byte[BlockBytes];
        BinaryPrimitives.WriteInt64BigEndian(plain, revision.Value);
        BinaryPrimitives.WriteUInt64BigEndian(plain[8..], mark);
        lock (_gate) _cipher.EncryptEcb(plain, block, PaddingMode.None);
        return new Token(Base64Url.EncodeToString(block));
    }

    public bool TryOpen(Token token, out Revision revision, out ulong mark)
    {
        (revision, mark) = (Revision.None, 0);
        Span<byte> block = stackalloc byte[BlockBytes];
        Span<byte> plain = stackalloc byte[BlockBytes];
        if (token.IsNone) return false;
        if (!Base64Url.IsValid(token.Value, out var bytes) || bytes != BlockBytes) return false;
        Base64Url.DecodeFromChars(token.Value, block);
        lock (_gate) _cipher.DecryptEcb(block, plain, PaddingMode.None);
        revision = new Revision(BinaryPrimitives.ReadInt64BigEndian(plain));
        mark = BinaryPrimitives.ReadUInt64BigEndian(plain[8..]);
        return revision.Value >= 0;
    }

    public void Dispose() => _cipher.Dispose();
}
