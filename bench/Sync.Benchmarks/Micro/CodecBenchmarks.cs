using System.Buffers;
using BenchmarkDotNet.Attributes;

namespace Sync.Benchmarks;

/// <summary>A pushed write and a checkpoint of one and of a thousand records, both ways.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class CodecBenchmarks
{
    private readonly ArrayBufferWriter<byte> _to = new(1 << 20);
    private ServerMessage _checkpoint = null!;
    private byte[] _checkpointFrame = [];
    private readonly ClientMessage _push = new ClientMessage.Push([new QueuedTransaction(1, new Transaction
    {
        TxId = "0190a1b2-c3d4-7e5f-8a6b-000000000001",
        AuthorId = "alice",
        Operations = [new Operation.Set(new RecordKey("tasks", SampleRecords.Id(1)), FieldPath.Of("title"), CanonicalJson.From("Write a better report"))],
    })]);
    private byte[] _pushFrame = [];

    [Params(1, 1000)]
    public int Records { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        var records = Enumerable.Range(0, Records).Select(SampleRecords.Canonical).ToArray();
        _checkpoint = new ServerMessage.Checkpoint(new Token("0123456789abcdef0123456789abcdef"), [.. records], [new SubscriptionDelta(new SubscriptionId(1), [.. records.Select(r => r.Id)], [])], []);
        _checkpointFrame = Frame(() => ProtocolCodec.Write(_to, _checkpoint));
        _pushFrame = Frame(() => ProtocolCodec.Write(_to, _push));
    }

    [Benchmark] public int WriteCheckpoint() => Frame(() => ProtocolCodec.Write(_to, _checkpoint), copy: false).Length;
    [Benchmark] public bool ReadCheckpoint() => ProtocolCodec.TryReadServer(_checkpointFrame, out _, out _);
    [Benchmark] public int WritePush() => Frame(() => ProtocolCodec.Write(_to, _push), copy: false).Length;
    [Benchmark] public bool ReadPush() => ProtocolCodec.TryReadClient(_pushFrame, out _, out _);

    private byte[] Frame(Action write, bool copy = true)
    {
        _to.ResetWrittenCount();
        write();
        return copy ? _to.WrittenSpan.ToArray() : [];
    }
}
