using System.Collections.Immutable;
using System.Threading.Channels;

namespace Sync.Server;

/// <summary>
/// What one session still has to send. Whoever owes it something puts it in and goes on; the session's pump takes out one frame whenever the
/// socket is free. Between the two everything merges, so that a slow socket costs state and not history.
/// </summary>
internal sealed class Outbox(SessionLimits limits)
{
    private readonly Lock _gate = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1)
    {
        FullMode = BoundedChannelFullMode.DropWrite,
        SingleReader = true,
        AllowSynchronousContinuations = true,
    });

    // Under the gate.
    private readonly Queue<ServerMessage> _notices = [];
    private readonly PendingRows _rows = new();
    private readonly List<StagedRows> _staged = [];
    private Dictionary<Subscription, bool> _loaded = [];
    private Dictionary<Subscription, Digest> _digests = [];
    private readonly Dictionary<Subscription, Comparison> _comparisons = [];
    private List<ReadyReceipt> _receipts = [];
    private readonly Dictionary<PendingWrite, WriteEffects> _withoutOutcome = [];
    private readonly HashSet<PendingWrite> _opening = [];
    private Token _token;
    private bool _hasSentCheckpoint;
    private bool _isSending;
    private bool _isPartNext;
    private TransportClose? _end;

    public bool HasEnded => Ending is not null;

    /// <summary>How the connection is to be closed, or was; null while the session goes on.</summary>
    public TransportClose? Ending
    {
        get { lock (_gate) return _end; }
    }

    /// <summary>Completes when there may be something to take.</summary>
    public ValueTask<bool> WaitAsync() => _wake.Reader.ReadAsync();

    /// <summary>Lets the pump look. May run it on this very stack, so no lock may be held.</summary>
    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>Something beside the stream: a heartbeat, an answer. False when too many wait.</summary>
    public bool Say(ServerMessage notice)
    {
        lock (_gate)
        {
            if (_end is not null) return true;
            if (_notices.Count >= limits.MaxUnsentNotices) return false;
            _notices.Enqueue(notice);
            return true;
        }
    }

    /// <summary>Nothing but the notices that wait already is sent any more; then the connection is closed in this way. The first end counts.</summary>
    public void End(TransportClose close, ServerMessage? last = null)
    {
        lock (_gate)
        {
            if (_end is not null) return;
            _end = close;
            if (last is not null) _notices.Enqueue(last);
            _rows.Reset();
            _staged.Clear();
            _loaded.Clear();
            _digests.Clear();
            _comparisons.Clear();
            _receipts.Clear();
            _withoutOutcome.Clear();
            _opening.Clear();
        }
    }

    /// <summary>All changes of one step at once. False when the session is too slow to be kept.</summary>
    public bool Post(Publication publication)
    {
        lock (_gate)
        {
            if (_end is not null) return true;
            _token = publication.Token;
            foreach (var (subscription, row) in publication.Rows) Merge(subscription, row);
            foreach (var effects in publication.Effects)
            {
                if (effects.Write.Result is { } result) Ready(effects.Write, result, effects.Held, effects.Gone);
                else _withoutOutcome[effects.Write] = effects;
            }
            return IsWithinBounds();
        }
    }

    /// <summary>A load or refresh joins the stream.</summary>
    public bool Post(LoadedPublication loaded)
    {
        lock (_gate)
        {
            if (_end is not null || loaded.Subscription.IsClosed) return true;
            if (loaded.IsFirst || loaded.Rows.Count > 0) _token = loaded.Token;
            if (loaded.Comparison is { } comparison)
            {
                _comparisons.Add(loaded.Subscription, comparison);
                _notices.Enqueue(comparison.Begin());
            }
            if (loaded.IsKept) Keep(loaded.Subscription, loaded.Rows);
            else if (loaded.Parts is { } rows && !_comparisons.ContainsKey(loaded.Subscription)) Stage(loaded, rows);
            else
            {
                foreach (var row in loaded.Rows) Merge(loaded.Subscription, row);
                if (loaded.IsFirst && loaded.Comparison is null) _loaded[loaded.Subscription] = false;
            }
            if (loaded.Digest is { } digest && !IsUnsettled(loaded.Subscription)) _digests[loaded.Subscription] = digest;
            return IsWithinBounds();
        }
    }

    /// <summary>A comparison has found out what the client holds: what is missing goes, and the subscription joins the stream. False when the session is too slow to be kept.</summary>
    public bool Settle(Comparison comparison)
    {
        lock (_gate)
        {
            if (_comparisons.Remove(comparison.Subscription)) Keep(comparison.Subscription, comparison.Difference());
            return IsWithinBounds();
        }
    }

    /// <summary>No checkpoint with rows leaves before this transaction is decided, where none has left yet: the client's queue may hold what its first rows already show.</summary>
    public void Expect(PendingWrite write)
    {
        lock (_gate)
        {
            if (!_hasSentCheckpoint && _end is null) _opening.Add(write);
        }
    }

    /// <summary>The outcome of a transaction whose effects are here already, or went to sessions before this one. Told twice, it counts once.</summary>
    public void Decide(PendingWrite write, WriteResult result)
    {
        lock (_gate)
        {
            if (_end is not null) return;
            if (_withoutOutcome.Remove(write, out var effects)) Ready(write, result, effects.Held, effects.Gone);
            else if (!write.IsDelivered) Ready(write, result, [.. result.Records], [.. result.Gone]);
        }
    }

    /// <summary>A transaction that was not decided and is no longer waited for.</summary>
    public void Forget(PendingWrite write)
    {
        lock (_gate) _opening.Remove(write);
    }

    public void Drop(Subscription subscription)
    {
        lock (_gate)
        {
            _rows.Drop(subscription);
            _staged.RemoveAll(s => s.Subscription == subscription);
            _loaded.Remove(subscription);
            _digests.Remove(subscription);
            _comparisons.Remove(subscription);
        }
    }

    /// <summary>The next frame, or how to close, or neither. Taking says that the frame before is sent.</summary>
    public (ServerMessage? Frame, TransportClose? End) Take()
    {
        lock (_gate)
        {
            var frame = _notices.TryDequeue(out var notice) ? notice : _end is null ? TakeContent() : null;
            _isSending = frame is not null;
            return frame is null ? (null, _end) : (frame, null);
        }
    }

    private ServerMessage? TakeContent()
    {
        NoteSentStages();
        // Parts and checkpoints take turns: neither a long load nor a busy stream holds up the other.
        var frame = _isPartNext ? TakePart() ?? TakeCheckpoint() : TakeCheckpoint() ?? TakePart();
        _isPartNext = frame is ServerMessage.Checkpoint;
        return frame;
    }

    private ServerMessage? TakePart()
    {
        var staged = _staged.Find(s => !s.IsSent);
        return staged is null ? null : new ServerMessage.Part(staged.Subscription.Id, staged.TakePart(limits.MaxPartRecords, limits.MaxPartBytes));
    }

    private ServerMessage? TakeCheckpoint()
    {
        if (IsHeldUp) return null;
        var hasNews = _loaded.Count > 0 || _receipts.Count > 0 || _rows.HasAnyExcept(IsStaged);
        if (!hasNews && _digests.Count == 0) return null;

        // A digest alone is no news, and each token goes once: one too many or too few would tell whether something happened that this session may not see.
        var token = hasNews ? _token : Token.None;
        if (hasNews) _token = Token.None;
        var checkpoint = CheckpointBuilder.Build(token, _rows.TakeExcept(IsStaged), _loaded, _digests, _receipts);
        foreach (var receipt in _receipts) receipt.Write.Session.Writes.NoteSent(receipt.Write);
        (_loaded, _digests, _receipts) = ([], [], []);
        _hasSentCheckpoint = true;
        return checkpoint;
    }

    private void NoteSentStages()
    {
        for (var i = _staged.Count - 1; i >= 0; i--)
        {
            if (!_staged[i].IsSent) continue;
            _loaded[_staged[i].Subscription] = _staged[i].IsKept;
            _staged.RemoveAt(i);
        }
    }

    private void Merge(Subscription subscription, RowChange row)
    {
        if (subscription.IsClosed) return;
        _digests.Remove(subscription);
        if (_comparisons.TryGetValue(subscription, out var comparison))
        {
            comparison.Hold(row);
            return;
        }
        var staged = _staged.Count == 0 ? null : _staged.Find(s => s.Subscription == subscription);
        if (row.Record is { } record)
        {
            if (staged?.TryPut(row.Id, record) != true) _rows.Put(subscription, row.Id, record, row.IsNew);
        }
        else if (staged?.TryRetract(row.Id) != true) _rows.Retract(subscription, row.Id);
    }

    // The client holds the result but for the difference. What it holds already needs no stage, so that only the difference is sent, in parts where it is large.
    private void Keep(Subscription subscription, IReadOnlyList<RowChange> difference)
    {
        if (subscription.IsClosed) return;
        var incoming = difference.Where(r => r.Record is not null).ToArray();
        if (limits.FitsOneCheckpoint(incoming.Length, incoming.Sum(r => (long)r.Record!.Fields.Utf8.Length)))
        {
            foreach (var row in difference) Merge(subscription, row);
            _loaded[subscription] = true;
            return;
        }
        foreach (var row in difference.Where(r => r.Record is null)) Merge(subscription, row);
        // Ids that stand side by side compress better.
        Array.Sort(incoming, static (a, b) => string.CompareOrdinal(a.Id, b.Id));
        var known = incoming.Where(r => !r.IsNew).Select(r => r.Id).ToHashSet(StringComparer.Ordinal);
        _staged.Add(new StagedRows(subscription, [.. incoming.Select(r => r.Record!)], known.Contains, isKept: true));
    }

    // What goes into the stage no longer waits beside it, where it would grow old. A client that has such a row must still hear of its leaving.
    private void Stage(LoadedPublication loaded, IReadOnlyList<Record> rows)
    {
        var isNew = new HashSet<string>(StringComparer.Ordinal);
        foreach (var row in loaded.Rows)
        {
            if (row.IsNew) isNew.Add(row.Id);
            else if (row.Record is null && !isNew.Remove(row.Id)) Merge(loaded.Subscription, row);
        }
        var former = _staged.Find(s => s.Subscription == loaded.Subscription);
        if (former is not null) _staged.Remove(former);
        _loaded.Remove(loaded.Subscription);
        _digests.Remove(loaded.Subscription);
        _staged.Add(new StagedRows(loaded.Subscription, rows, IsKnown, isKept: false));

        bool IsKnown(string id)
        {
            if (_rows.TryTake(loaded.Subscription, id, out var waiting)) return waiting.IsKnown;
            return !isNew.Contains(id) && former?.HoldsUnknown(id) != true;
        }
    }

    private void Ready(PendingWrite write, WriteResult result, ImmutableArray<Record> held, ImmutableArray<RecordKey> gone)
    {
        write.IsDelivered = true;
        _opening.Remove(write);
        _receipts.Add(new ReadyReceipt(write, new ReceiptDelivery(write.Seq, result.Receipt!, [.. held.Select(r => r.Key)], gone), held));
    }

    private bool IsHeldUp => _withoutOutcome.Count > 0 || _opening.Count > 0;

    // A digest is of what the client holds when the checkpoint is applied, so not while parts or a comparison are on their way.
    private bool IsUnsettled(Subscription subscription) => IsStaged(subscription) || _comparisons.ContainsKey(subscription);

    private bool IsStaged(Subscription subscription) => _staged.Count > 0 && _staged.Exists(s => s.Subscription == subscription);

    // A large step alone is no slowness: only what waits behind a busy socket counts.
    private bool IsWithinBounds()
    {
        if (_isSending && _rows.Bytes > limits.MaxUnsentBytes) return false;
        return _comparisons.Count == 0 || _comparisons.Values.Sum(c => c.HeldBytes) <= limits.MaxHeldBackBytes;
    }
}
