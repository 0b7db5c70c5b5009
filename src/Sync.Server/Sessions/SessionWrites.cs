using System.Collections.Immutable;
using System.Threading.Channels;

namespace Sync.Server;

/// <summary>
/// One client's transactions on one connection: submitted in order without waiting for each other, their outcomes handled in the same order. Behind a
/// transient refusal nothing is submitted until the refused one comes again.
/// </summary>
internal sealed class SessionWrites(Session session, SessionContext context)
{
    private static readonly TimeSpan RetryAfter = TimeSpan.FromSeconds(1);
    private const long NoneRefused = long.MaxValue;

    private readonly Channel<(PendingWrite Write, ValueTask<WriteResult> Outcome)> _undecided =
        Channel.CreateUnbounded<(PendingWrite, ValueTask<WriteResult>)>(new UnboundedChannelOptions { SingleReader = true, AllowSynchronousContinuations = true });

    private readonly Lock _gate = new();
    private readonly HashSet<PendingWrite> _waiting = [];
    private long _refusedFrom = NoneRefused;
    private bool _hasEnded;

    public void Push(string clientId, ImmutableArray<QueuedTransaction> transactions)
    {
        foreach (var queued in transactions)
        {
            var write = new PendingWrite(session, queued, new TransactionId(session.Caller.UserId, queued.Transaction.TxId));
            if (!TryEnter(write)) continue;
            context.Writes.Add(write);
            session.Outbox.Expect(write);
            var outcome = context.Rooms.Processor.SubmitAsync(session.Caller, queued.Transaction, new ClientSequence(clientId, queued.Seq, session), session.Ended);
            _undecided.Writer.TryWrite((write, outcome));
        }
    }

    /// <summary>A transaction that cannot be read is rejected in its turn.</summary>
    public void Reject(SalvagedTransaction malformed)
    {
        var transaction = new Transaction { TxId = malformed.TxId, Operations = [] };
        var write = new PendingWrite(session, new QueuedTransaction(malformed.Seq, transaction), new TransactionId(session.Caller.UserId, malformed.TxId));
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
            if (_hasEnded || write.Seq > _refusedFrom) return false;
            _refusedFrom = NoneRefused;
            if (_waiting.Count < context.Limits.MaxPendingTransactions) return _waiting.Add(write);
            _refusedFrom = write.Seq;
        }
        session.Say(new ServerMessage.Retry(write.Seq, ErrorCodes.RateLimited, RetryAfter));
        return false;
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
            isFirst = write.Seq < _refusedFrom;
            if (isFirst) _refusedFrom = write.Seq;
        }
        if (isFirst) session.Say(new ServerMessage.Retry(write.Seq, refusal.Code, refusal.RetryAfter > TimeSpan.Zero ? refusal.RetryAfter : RetryAfter));
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
