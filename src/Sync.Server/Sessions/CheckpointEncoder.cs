using System.Buffers;

namespace Sync.Server;

/// <summary>
/// Encodes frames. Sessions that are owed the same checkpoint one after the other get the same bytes: they are encoded once.
/// </summary>
internal sealed class CheckpointEncoder
{
    private sealed record Encoded(ServerMessage.Checkpoint Checkpoint, ReadOnlyMemory<byte> Frame);

    private Encoded? _last;
    private long _encoded;

    /// <summary>Checkpoints encoded since the start, those given out again not counted.</summary>
    public long EncodedCheckpoints => Volatile.Read(ref _encoded);

    public ReadOnlyMemory<byte> Encode(ServerMessage message)
    {
        if (message is not ServerMessage.Checkpoint { Receipts: [] } checkpoint) return EncodeAnew(message);
        if (Volatile.Read(ref _last) is { } last && AreSame(last.Checkpoint, checkpoint)) return last.Frame;
        Interlocked.Increment(ref _encoded);
        var frame = EncodeAnew(checkpoint);
        Volatile.Write(ref _last, new Encoded(checkpoint, frame));
        return frame;
    }

    private static ReadOnlyMemory<byte> EncodeAnew(ServerMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        ProtocolCodec.Write(buffer, message);
        return buffer.WrittenMemory;
    }

    private static bool AreSame(ServerMessage.Checkpoint a, ServerMessage.Checkpoint b)
    {
        if (a.Token != b.Token || a.Records.Length != b.Records.Length || a.Subscriptions.Length != b.Subscriptions.Length) return false;
        for (var i = 0; i < a.Records.Length; i++)
        {
            if (!ReferenceEquals(a.Records[i], b.Records[i])) return false;
        }
        for (var i = 0; i < a.Subscriptions.Length; i++)
        {
            var (x, y) = (a.Subscriptions[i], b.Subscriptions[i]);
            if (x.Sub != y.Sub || x.IsLoaded != y.IsLoaded || x.IsKept != y.IsKept || x.Digest != y.Digest || !x.In.AsSpan().SequenceEqual(y.In.AsSpan()) || !x.Out.AsSpan().SequenceEqual(y.Out.AsSpan())) return false;
        }
        return true;
    }
}
