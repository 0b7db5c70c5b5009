using System.Buffers;
using System.Text;
using Sync.Testing;

namespace Sync.Server.Tests.Sessions;

/// <summary>
/// The client's end of one session, held in the hand: what came, frame by frame, and what a client would hold after it. It checks always what must
/// always hold: a checkpoint retracts only what was sent, and a row that comes in brings its body.
/// </summary>
internal sealed class TestSession(InMemoryConnection connection, Task<TransportClose> served) : IAsyncDisposable
{
    private readonly List<ServerMessage> _received = [];
    private readonly List<string> _frames = [];
    private readonly Dictionary<long, Dictionary<string, Record>> _rows = [];
    private readonly Dictionary<long, Dictionary<string, Record>> _staged = [];
    private readonly Dictionary<long, HashSet<string>> _sent = [];
    private readonly Dictionary<long, Dictionary<string, Record>> _claims = [];
    private Task<TransportReceive>? _receiving;
    private TransportClose? _close;
    private long _lastSubscription;
    private long _lastSeq;

    public IReadOnlyList<ServerMessage> Received => Read(_received);

    /// <summary>All frames as text: whoever must not see something must not find it here.</summary>
    public string Transcript => string.Join('\n', Read(_frames));

    public IReadOnlyList<ServerMessage.Checkpoint> Checkpoints => [.. Received.OfType<ServerMessage.Checkpoint>()];
    public IReadOnlyList<ReceiptDelivery> Receipts => [.. Checkpoints.SelectMany(c => c.Receipts)];

    /// <summary>How the connection ended, as this end saw it; null while it stands.</summary>
    public TransportClose? Close
    {
        get
        {
            Read(_received);
            return _close;
        }
    }

    public Task<TransportClose> Served => served;

    /// <summary>Called with each checkpoint once it is applied.</summary>
    public Action<ServerMessage.Checkpoint>? Applied { get; set; }

    /// <summary>Answers a compare; by itself it does so as a good client would.</summary>
    public Func<ServerMessage.Compare, ClientMessage?>? Answers { get; set; }

    /// <summary>Records that came although the session held the very same.</summary>
    public List<Record> Needless { get; } = [];

    /// <summary>Called with each record that comes, in whatever message.</summary>
    public Action<Record>? Came { get; set; }

    public void Send(ClientMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        ProtocolCodec.Write(buffer, message);
        Send(buffer.WrittenMemory);
    }

    public void Send(string frame) => Send(Encoding.UTF8.GetBytes(frame));

    public long Subscribe(Query query)
    {
        Send(new ClientMessage.Subscribe(new SubscriptionId(++_lastSubscription), query));
        return _lastSubscription;
    }

    /// <summary>Subscribes as one who holds these records already.</summary>
    public long Subscribe(Query query, IEnumerable<Record> held, Token token = default)
    {
        var claim = _claims[++_lastSubscription] = held.ToDictionary(r => r.Id);
        SentOf(_lastSubscription).UnionWith(claim.Keys);
        Send(new ClientMessage.Subscribe(new SubscriptionId(_lastSubscription), query, token, Digest.Of(claim.Values)));
        return _lastSubscription;
    }

    /// <summary>What a good client answers: of the buckets that differ all that it holds, or that one with many records had better be divided.</summary>
    public ClientMessage.Inventory AnswerTo(ServerMessage.Compare compare)
    {
        var rows = new HashedRows(_claims[compare.Sub.Value].Values);
        var differing = compare.Buckets.IsEmpty
            ? [(compare.Path, Count: 0)]
            : rows.DigestsOfChildren(compare.Path).Select((own, i) => (Own: own, Path: compare.Path.Child(i), Theirs: compare.Buckets[i])).Where(b => b.Own != b.Theirs).Select(b => (b.Path, Count: (int)b.Theirs.Count)).ToArray();
        var large = differing.Where(b => b.Path.HasChildren && Math.Max(b.Count, rows.In(b.Path).Length) > 64).Select(b => b.Path).ToHashSet();
        return new(
            compare.Sub,
            [.. differing.Where(b => !large.Contains(b.Path)).Select(b => new BucketInventory(b.Path, [.. rows.In(b.Path).ToArray().Select(r => new InventoryEntry(r.Record.Id, r.Record.Version, r.Hash))]))],
            [.. large]);
    }

    /// <summary>Pushes one transaction; gives its place in the queue.</summary>
    public long Push(params Operation[] operations)
    {
        var seq = ++_lastSeq;
        Push(new QueuedTransaction(seq, new Transaction { TxId = $"tx-{seq}", Operations = [.. operations] }));
        return seq;
    }

    public void Push(params QueuedTransaction[] transactions) => Send(new ClientMessage.Push([.. transactions]));

    /// <summary>What a client holds of a subscription: ids in order.</summary>
    public IReadOnlyList<string> Ids(long subscription)
    {
        Read(_received);
        return [.. RowsOf(_rows, subscription).Keys.Order(StringComparer.Ordinal)];
    }

    /// <summary>What a client holds of a subscription as <c>id@version</c>, for comparing. Receives nothing, so that it may be called while a frame is taken.</summary>
    public string Held(long subscription) => string.Join(' ', RowsOf(_rows, subscription).Values.OrderBy(r => r.Id, StringComparer.Ordinal).Select(r => $"{r.Id}@{r.Version}"));

    /// <summary>What a client holds of a subscription, bodies and all.</summary>
    public IReadOnlyList<Record> Records(long subscription)
    {
        Read(_received);
        return [.. RowsOf(_rows, subscription).Values.OrderBy(r => r.Id, StringComparer.Ordinal)];
    }

    public Record Row(long subscription, string id)
    {
        Read(_received);
        return RowsOf(_rows, subscription)[id];
    }

    /// <summary>Forgets what came so far, so that a test sees only what comes next.</summary>
    public void Skip()
    {
        Read(_received);
        _received.Clear();
        _frames.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await connection.DisposeAsync();
        await served.WaitAsync(TimeSpan.FromSeconds(10));
    }

    private void Send(ReadOnlyMemory<byte> frame)
    {
        var sent = connection.SendAsync(frame, CancellationToken.None);
        Assert.That(sent.IsCompleted, "the server hears at once");
    }

    /// <summary>Receives all that waits. Once called, <see cref="_receiving"/> keeps one receive under way.</summary>
    private IReadOnlyList<T> Read<T>(List<T> what)
    {
        while (_close is null)
        {
            _receiving ??= connection.ReceiveAsync(CancellationToken.None).AsTask();
            if (!_receiving.IsCompleted) break;
            var received = _receiving.Result;
            _receiving = null;
            if (received.Close is { } close) _close = close;
            else Take(received.Message.Span);
        }
        return [.. what];
    }

    private void Take(ReadOnlySpan<byte> frame)
    {
        _frames.Add(Encoding.UTF8.GetString(frame));
        Assert.That(_frames[^1], Does.Not.Contain(Board.HiddenText), "a field that never leaves the server");
        if (!ProtocolCodec.TryReadServer(frame, out var message, out var fault))
        {
            if (!_frames[^1].Contains("\"updates\"", StringComparison.Ordinal)) Assert.Fail($"{fault.Message}: {_frames[^1]}");
            return;
        }
        _received.Add(message);
        if (message is ServerMessage.Part part) Stage(part);
        if (message is ServerMessage.Compare compare && (Answers is null ? AnswerTo(compare) : Answers(compare)) is { } answer) Send(answer);
        if (message is ServerMessage.Checkpoint checkpoint)
        {
            foreach (var record in checkpoint.Records) Came?.Invoke(record);
            Apply(checkpoint);
            Applied?.Invoke(checkpoint);
        }
    }

    private void Stage(ServerMessage.Part part)
    {
        var staged = RowsOf(_staged, part.Sub.Value);
        foreach (var record in part.Records)
        {
            staged[record.Id] = record;
            if (!_rows.ContainsKey(part.Sub.Value) && _claims.TryGetValue(part.Sub.Value, out var claim)) NoteNeedless(claim, record);
            Came?.Invoke(record);
            SentOf(part.Sub.Value).Add(record.Id);
        }
    }

    private void Apply(ServerMessage.Checkpoint checkpoint)
    {
        var bodies = new RecordMap(checkpoint.Records);
        foreach (var delta in checkpoint.Subscriptions)
        {
            var sub = delta.Sub.Value;
            var rows = RowsOf(_rows, sub);
            if (delta.IsLoaded)
            {
                var staged = _staged.Remove(sub, out var parts) ? parts : [];
                if (delta.IsKept) foreach (var (id, row) in _claims[sub]) staged.TryAdd(id, row);
                if (delta.IsKept || parts is not null) _rows[sub] = rows = staged;
            }
            foreach (var id in delta.In)
            {
                var body = bodies.SingleOrDefault(r => r.Id == id);
                Assert.That(body, Is.Not.Null, $"{id} came in without its body");
                NoteNeedless(rows, body!);
                rows[id] = body!;
                SentOf(sub).Add(id);
            }
            foreach (var id in delta.Out)
            {
                Assert.That(SentOf(sub), Does.Contain(id), "a retract names what was never sent");
                rows.Remove(id);
            }
            if (delta.Digest is { } digest) Assert.That(digest, Is.EqualTo(Digest.Of(rows.Values)), "the digest is not of what the session was sent");
        }
    }

    private void NoteNeedless(Dictionary<string, Record> held, Record record)
    {
        if (held.TryGetValue(record.Id, out var former) && RecordHash.Of(former) == RecordHash.Of(record)) Needless.Add(record);
    }

    private HashSet<string> SentOf(long subscription)
    {
        if (!_sent.TryGetValue(subscription, out var sent)) _sent[subscription] = sent = [];
        return sent;
    }

    private static Dictionary<string, Record> RowsOf(Dictionary<long, Dictionary<string, Record>> all, long subscription)
    {
        if (!all.TryGetValue(subscription, out var rows)) all[subscription] = rows = [];
        return rows;
    }
}
