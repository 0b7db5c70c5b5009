namespace Sync.Server;

/// <summary>Our own protocol: queries, checkpoints, pushes.</summary>
internal sealed class CheckpointDialect(Session session, SessionContext context) : IDialect
{
    private string? _clientId;
    private FrameFormat _format;

    public bool HasHeartbeats => true;

    public ReadOnlyMemory<byte> Encode(ServerMessage message) => context.Encoder.Encode(message, _format);

    public ValueTask HearAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken)
    {
        if (ProtocolCodec.TryReadClient(frame.Span, out var message, out var fault))
        {
            if (_clientId is null) return GreetAsync(message, cancellationToken);
            Hear(message, _clientId);
        }
        else if (_clientId is null) session.Reject(fault);
        else Salvage(frame.Span, fault, _clientId);
        return default;
    }

    private async ValueTask GreetAsync(ClientMessage message, CancellationToken cancellationToken)
    {
        if (message is not ClientMessage.Hello hello) session.Reject(new JsonFault(ErrorCodes.BadMessage, "The first message must be hello."));
        else if (hello.Protocol != ProtocolCodec.Version) session.Reject(new JsonFault(ErrorCodes.UnsupportedProtocol, $"This server speaks protocol {ProtocolCodec.Version}."));
        else
        {
            if (await IsOtherHistoryAsync(hello.Token, cancellationToken).ConfigureAwait(false) is not { } isOther) return;
            _clientId = hello.ClientId;
            _format = FrameFormats.BestOf(hello.Accept);
            session.Writes.OwnClientId = hello.ClientId;
            session.Subscriptions.IsOfOtherHistory = isOther;
            session.Say(new ServerMessage.Welcome(ProtocolCodec.Version, session.Caller.UserId, context.Limits.Heartbeat, context.Limits.MaxTransactionBytes, isOther));
        }
    }

    /// <summary>Null where the store can't tell now: the session ends, the client comes back.</summary>
    private async ValueTask<bool?> IsOtherHistoryAsync(Token token, CancellationToken cancellationToken)
    {
        try
        {
            return await context.History.IsOtherAsync(token, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            SessionLog.HistoryFailed(context.Logger, error);
            session.End(new TransportClose(TransportClose.TryAgainLater, "busy"));
            return null;
        }
    }

    private void Salvage(ReadOnlySpan<byte> frame, JsonFault fault, string clientId)
    {
        if (SubscribeSalvage.TryRead(frame, out var subscription)) session.Say(new ServerMessage.Error(fault.Code, fault.Message, subscription));
        else if (PushSalvage.TryRead(frame, out var adopted, out var transactions)) Salvage(transactions, adopted ?? clientId);
        else session.Reject(fault);
    }

    private void Salvage(IReadOnlyList<SalvagedTransaction> transactions, string clientId)
    {
        foreach (var salvaged in transactions)
        {
            if (salvaged.Transaction is { } transaction) session.Writes.Push(clientId, [new QueuedTransaction(salvaged.Seq, transaction)]);
            else session.Writes.Reject(clientId, salvaged);
        }
    }

    private void Hear(ClientMessage message, string clientId)
    {
        switch (message)
        {
            case ClientMessage.Subscribe subscribe: session.Subscriptions.Open(subscribe.Sub, subscribe.Query, subscribe.Token, subscribe.Claim); break;
            case ClientMessage.Inventory inventory: session.Subscriptions.Hear(inventory); break;
            case ClientMessage.Unsubscribe unsubscribe: session.Subscriptions.Close(unsubscribe.Sub); break;
            case ClientMessage.Push push: session.Writes.Push(push.ClientId ?? clientId, push.Transactions); break;
            case ClientMessage.Ping: break;
            case ClientMessage.Hello: session.Reject(new JsonFault(ErrorCodes.BadMessage, "A session has one hello.")); break;
            default: throw new InvalidOperationException($"No case for {message}.");
        }
    }
}
