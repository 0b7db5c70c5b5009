using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net.WebSockets;

namespace Sync.AspNetCore.Tests.Transport;

/// <summary>A client that writes and reads WebSocket frames byte by byte, so that it can do what no proper client does.</summary>
internal sealed class RawPeer
{
    public const byte Continuation = 0x0, Text = 0x1, Binary = 0x2, Close = 0x8, Ping = 0x9, Final = 0x80;

    private readonly Pipe _toServer = new(new PipeOptions(pauseWriterThreshold: 0));
    private readonly Pipe _toPeer;

    /// <param name="roomForServer">How many bytes the server may send before a send waits for this peer to read.</param>
    public RawPeer(long roomForServer = 0)
    {
        _toPeer = new Pipe(new PipeOptions(pauseWriterThreshold: roomForServer, resumeWriterThreshold: roomForServer / 2));
        Socket = WebSocket.CreateFromStream(new DuplexStream(_toServer.Reader.AsStream(), _toPeer.Writer.AsStream()), new WebSocketCreationOptions { IsServer = true });
    }

    /// <summary>The server's end.</summary>
    public WebSocket Socket { get; }

    /// <param name="declared">The length that the header says, where it is not the payload's.</param>
    public async Task SendAsync(int head, byte[] payload, long? declared = null)
    {
        var frame = new byte[14];
        frame[0] = (byte)head;
        frame[1] = 0x80 | 127;
        BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(2), declared ?? payload.Length);
        await _toServer.Writer.WriteAsync(Shorter(frame, declared ?? payload.Length));
        await _toServer.Writer.WriteAsync(payload);
    }

    public void Vanish() => _toServer.Writer.Complete();

    /// <summary>The next frame that the server sent: its first byte and its payload.</summary>
    public async Task<(int Head, byte[] Payload)> ReceiveAsync()
    {
        var head = await ReadAsync(2);
        var length = head[1] switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(await ReadAsync(2)),
            var small => small,
        };
        return (head[0], await ReadAsync(length));
    }

    public async Task<int> CloseCodeAsync()
    {
        var (head, payload) = await ReceiveAsync();
        Assert.That(head, Is.EqualTo(Final | Close));
        return BinaryPrimitives.ReadUInt16BigEndian(payload);
    }

    private async Task<byte[]> ReadAsync(int count)
    {
        var bytes = new byte[count];
        await _toPeer.Reader.AsStream().ReadExactlyAsync(bytes, Patience.Token);
        return bytes;
    }

    // A length must be written in its shortest form. The mask is all zeros.
    private static byte[] Shorter(byte[] frame, long length) => length switch
    {
        < 126 => [frame[0], (byte)(0x80 | length), 0, 0, 0, 0],
        <= ushort.MaxValue => [frame[0], 0x80 | 126, (byte)(length >> 8), (byte)length, 0, 0, 0, 0],
        _ => frame,
    };

    private sealed class DuplexStream(Stream input, Stream output) : Stream
    {
        public override bool CanRead => true;
        public override bool CanWrite => true;
        public override bool CanSeek => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override void Flush() => output.Flush();
        public override Task FlushAsync(CancellationToken cancellationToken) => output.FlushAsync(cancellationToken);
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => input.ReadAsync(buffer, cancellationToken);
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => output.WriteAsync(buffer, cancellationToken);

        protected override void Dispose(bool disposing)
        {
            input.Dispose();
            output.Dispose();
            base.Dispose(disposing);
        }
    }
}
