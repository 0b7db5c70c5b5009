using System.Collections.Immutable;
using System.Threading.Channels;

namespace Sync.Server;

/// <summary>
/// The transactions that come by one connection, of its client and of those whose queues that client adopted: submitted in order without waiting for each other, their
/// outcomes handled in the same order. Behind a transient refusal nothing of the same client is submitted until the refused one comes again.
/// </summary>
internal sealed class SessionWrites(Session session, SessionContext context)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    /// <summary>Queues of one connection that may stand behind a transient refusal at one time.</summary>
    private const int MaxRefusedClients = 256;

    private readonly Channel<(PendingWrite Write, ValueTask<WriteResult> Outcome)> _undecided =
        Channel.CreateUnbounded<(PendingWrite, ValueTask<WriteResult>)>(new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });

    private readonly Lock _gate = new();
    private readonly HashSet<PendingWrite> _waiting = [];
    private readonly Dictionary<string, long> _refusedFrom = new(StringComparer.Ordinal);
    private bool _hasTooManyRefused;
    private bool _hasEnded;
    private bool _isLeaving;

    /// <summary>True when all that was taken in has its receipt on its way, or was refused for now.</summary>
    public bool IsSettled
    {
        get { lock (_gate) return _waiting.Count == 0; }
    }

    /// <summary>The client of hello; set before anything is pushed.</summary>
    public string OwnClientId { get; set; } = "";

    public void Push(string clientId, ImmutableArray<QueuedTransaction> transactions)
    {
        foreach (var queued in transactions)
        {
            var write = new PendingWrite(session, clientId, queued, new TransactionId(session.Caller.UserId, queued.Transaction.TxId));
            if (!TryEnter(write)) continue;
            context.Writes.Add(write);
            session.Outbox.Expect(write);
            var outcome = context.Rooms.Processor.SubmitAsync(session.Caller, queued.Transaction, new ClientSequence(clientId, queued.Seq, session), session.Ended);
            _undecided.Writer.TryWrite((write, outcome));
        }
    }

    /// <summary>A transaction that cannot be read is rejected in its turn.</summary>
    public void Reject(string clientId, SalvagedTransaction malformed)
    {
        var transaction = new Transaction { TxId = malformed.TxId, Operations = [] };
        var write = new PendingWrite(session, clientId, new QueuedTransaction(malformed.Seq, transaction), new TransactionId(session.Caller.UserId, malformed.TxId));
        if (!TryEnter(write)) return;
        var refusal = new Refusal(malformed.Fault!.Code, malformed.Fault.Message);
        _undecided.Writer.TryWrite((write, new(new WriteResult { Refusal = refusal })));
    }

    public async Task DecideAsync(CancellationToken cancellationToken)
    {
        while (await _undecided.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            while (_undecided.Reader.TryRead(out var next))
            {
                var result = await next.Outcome.ConfigureAwait(false);
                if (result.Refusal is { } refusal) Refused(next.Write, refusal);
                else Decided(next.Write, result);
            }
        }
    }

    /// <summary>Its receipt is on its way to the client: it no longer counts as waiting.</summary>
    public void NoteSent(PendingWrite write)
    {
        lock (_gate) _waiting.Remove(write);
    }

    /// <summary>Takes nothing more in; what is here already goes on.</summary>
    public void Leave()
    {
        lock (_gate) _isLeaving = true;
    }

    public void End()
    {
        PendingWrite[] waiting;
        lock (_gate)
        {
            _hasEnded = true;
            waiting = [.. _waiting];
            _waiting.Clear();
        }
        foreach (var write in waiting) context.Writes.Remove(write);
        _undecided.Writer.TryComplete();
    }

    private bool TryEnter(PendingWrite write)
    {
        lock (_gate)
        {
            if (_hasEnded || _isLeaving || IsBehindRefused(write)) return false;
            _refusedFrom.Remove(write.ClientId);
            if (_waiting.Count < context.Limits.MaxPendingTransactions) return _waiting.Add(write);
            NoteRefused(write);
        }
        Retry(write, ErrorCodes.RateLimited, RetryAfter);
        return false;
    }

    private bool IsBehindRefused(PendingWrite write) => _refusedFrom.TryGetValue(write.ClientId, out var refused) && write.Seq > refused;

    private void NoteRefused(PendingWrite write)
    {
        _refusedFrom[write.ClientId] = write.Seq;
        _hasTooManyRefused |= _refusedFrom.Count > MaxRefusedClients;
    }

    private void Retry(PendingWrite write, string code, TimeSpan after)
    {
        if (_hasTooManyRefused) session.End(new TransportClose(TransportClose.RateLimited, ErrorCodes.RateLimited));
        else session.Say(new ServerMessage.Retry(write.Seq, code, after, write.ClientId == OwnClientId ? null : write.ClientId));
    }

    private void Decided(PendingWrite write, WriteResult result)
    {
        write.Result = result;
        context.Publisher.Tell(new PublisherEntry.Decided(write, result));
    }

    private void Refused(PendingWrite write, Refusal refusal)
    {
        switch (refusal.Status)
        {
            case 401: session.End(new TransportClose(TransportClose.NotSignedIn, refusal.Code)); break;
            case 429 or >= 500: Postpone(write, refusal); break;
            default: Decided(write, new WriteResult { Receipt = RejectionOf(write, refusal) }); break;
        }
    }

    private void Postpone(PendingWrite write, Refusal refusal)
    {
        context.Writes.Remove(write);
        session.Outbox.Forget(write);
        bool isFirst;
        lock (_gate)
        {
            _waiting.Remove(write);
            isFirst = !_refusedFrom.TryGetValue(write.ClientId, out var refused) || write.Seq < refused;
            if (isFirst) NoteRefused(write);
        }
        if (isFirst) Retry(write, refusal.Code, refusal.RetryAfter > TimeSpan.Zero ? refusal.RetryAfter : RetryAfter);
    }

    // Nothing is stored for it, but it would be refused for ever: to the client it is a rejection, so that its queue goes on.
    private static Receipt RejectionOf(PendingWrite write, Refusal refusal) => new()
    {
        TxId = write.Transaction.TxId,
        AuthorId = write.Id.AuthorId,
        IsAccepted = false,
        Code = refusal.Code,
        Message = refusal.Message,
        Status = refusal.Status,
    };
}
