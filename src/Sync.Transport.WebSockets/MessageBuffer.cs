using System.Buffers;

namespace Sync.Transport.WebSockets;

/// <summary>One incoming message. Rented, and grown by what has come, never by what a frame's header declares, up to one byte over the bound.</summary>
internal sealed class MessageBuffer(int bound)
{
    private const int FirstBytes = 4096;

    private byte[] _bytes = [];
    private int _count;

    public int Bound => bound;
    public bool IsOverfull => _count > bound;
    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _count);

    /// <summary>Where the next bytes go; never empty.</summary>
    public Memory<byte> Room()
    {
        if (_count == _bytes.Length) Grow();
        return _bytes.AsMemory(_count, Math.Min(_bytes.Length, bound + 1) - _count);
    }

    /// <summary>The whole buffer, for bytes that nobody will read.</summary>
    public Memory<byte> Scratch()
    {
        _count = 0;
        return Room();
    }

    public void Advance(int count) => _count += count;

    /// <summary>Forgets the message and gives the memory back.</summary>
    public void Clear()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _count = 0;
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(_bytes.Length == 0 ? FirstBytes : (int)Math.Min(_bytes.Length * 2L, bound + 1L));
        Written.CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
