using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace Sync.Server;

/// <summary>
/// Turns a place in the log into the token that clients hold and back. One AES block over revision, mark and salt: as long for the first change as for the
/// last, without a pattern, and a token that was tampered with opens to a place whose mark no log has. Two tokens of one place under different salts are not alike.
/// </summary>
internal sealed class TokenSeal : IDisposable
{
    private const int BlockBytes = 16;
    private const int RevisionBytes = 6;
    private const int NumberBytes = 5;
    private const int SaltAt = RevisionBytes + NumberBytes;
    private const ulong NumberMask = (1UL << (8 * NumberBytes)) - 1;

    private readonly Lock _gate = new();
    private readonly Aes _cipher = Aes.Create();

    public TokenSeal(ReadOnlyMemory<byte> key) => _cipher.Key = key.ToArray();

    /// <summary>As much of a mark as a token holds.</summary>
    public static ulong Kept(ulong mark) => mark & NumberMask;

    public Token Seal(Revision revision, ulong mark, ulong salt)
    {
        Span<byte> plain = stackalloc byte[BlockBytes];
        Span<byte> block = stackalloc byte[BlockBytes];
        Write(plain[..RevisionBytes], (ulong)revision.Value);
        Write(plain[RevisionBytes..SaltAt], mark);
        Write(plain[SaltAt..], salt);
        lock (_gate) _cipher.EncryptEcb(plain, block, PaddingMode.None);
        return new Token(Base64Url.EncodeToString(block));
    }

    /// <param name="mark">As much of it as <see cref="Kept"/> gives.</param>
    public bool TryOpen(Token token, out Revision revision, out ulong mark)
    {
        (revision, mark) = (Revision.None, 0);
        Span<byte> block = stackalloc byte[BlockBytes];
        Span<byte> plain = stackalloc byte[BlockBytes];
        if (token.IsNone) return false;
        if (!Base64Url.IsValid(token.Value, out var bytes) || bytes != BlockBytes) return false;
        Base64Url.DecodeFromChars(token.Value, block);
        lock (_gate) _cipher.DecryptEcb(block, plain, PaddingMode.None);
        (revision, mark) = (new Revision((long)Read(plain[..RevisionBytes])), Read(plain[RevisionBytes..SaltAt]));
        return true;
    }

    public void Dispose() => _cipher.Dispose();

    private static void Write(Span<byte> bytes, ulong number)
    {
        Span<byte> whole = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(whole, number);
        whole[^bytes.Length..].CopyTo(bytes);
    }

    private static ulong Read(ReadOnlySpan<byte> bytes)
    {
        var number = 0UL;
        foreach (var next in bytes) number = (number << 8) | next;
        return number;
    }
}
