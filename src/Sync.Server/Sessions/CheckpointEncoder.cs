using System.Buffers;

namespace Sync.Server;

/// <summary>
/// Encodes frames. Sessions that are owed the same checkpoint one after the other get the same bytes: they are encoded, and wrapped, once.
/// </summary>
internal sealed class CheckpointEncoder
{
    /// <summary>What is smaller goes as it is: wrapping would gain nothing that is worth its time.</summary>
    public const int LeastWrappedBytes = 2 * 1024;

    private Encoded? _last;
    private long _encoded;

    /// <summary>Checkpoints encoded since the start, those given out again not counted.</summary>
    public long EncodedCheckpoints => Volatile.Read(ref _encoded);

    public ReadOnlyMemory<byte> Encode(ServerMessage message, FrameFormat format = FrameFormat.Json)
    {
        if (message is not ServerMessage.Checkpoint { Receipts: [] } checkpoint) return Wrap(EncodeAnew(message), format);
        if (Volatile.Read(ref _last) is { } last && AreSame(last.Checkpoint, checkpoint)) return last.In(format);
        Interlocked.Increment(ref _encoded);
        var encoded = new Encoded(checkpoint, EncodeAnew(checkpoint));
        Volatile.Write(ref _last, encoded);
        return encoded.In(format);
    }

    private static ReadOnlyMemory<byte> EncodeAnew(ServerMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        ProtocolCodec.Write(buffer, message);
        return buffer.WrittenMemory;
    }

    private static ReadOnlyMemory<byte> Wrap(ReadOnlyMemory<byte> json, FrameFormat format) => json.Length < LeastWrappedBytes ? json : FrameFormats.Wrap(json, format);

    /// <summary>A checkpoint's bytes, in each format that was asked for. Two sessions at once may both wrap it: either result serves.</summary>
    private sealed class Encoded(ServerMessage.Checkpoint checkpoint, ReadOnlyMemory<byte> json)
    {
        private readonly object?[] _wrapped = new object?[Enum.GetValues<FrameFormat>().Length];

        public ServerMessage.Checkpoint Checkpoint => checkpoint;

        public ReadOnlyMemory<byte> In(FrameFormat format)
        {
            if (format == FrameFormat.Json || json.Length < LeastWrappedBytes) return json;
            ref var place = ref _wrapped[(int)format];
            if (Volatile.Read(ref place) is ReadOnlyMemory<byte> known) return known;
            var wrapped = Wrap(json, format);
            Volatile.Write(ref place, wrapped);
            return wrapped;
        }
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
