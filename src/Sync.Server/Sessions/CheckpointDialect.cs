namespace Sync.Server;

/// <summary>Our own protocol: queries, checkpoints, pushes.</summary>
internal sealed class CheckpointDialect(Session session, SessionContext context) : IDialect
{
    private string? _clientId;

    public bool HasHeartbeats => true;

    public ReadOnlyMemory<byte> Encode(ServerMessage message) => context.Encoder.Encode(message);

    public void Hear(ReadOnlySpan<byte> frame)
    {
        if (ProtocolCodec.TryReadClient(frame, out var message, out var fault))
        {
            if (_clientId is null) Greet(message);
            else Hear(message, _clientId);
        }
        else if (_clientId is null || !PushSalvage.TryRead(frame, out var transactions)) session.Reject(fault);
        else Salvage(transactions, _clientId);
    }

    private void Greet(ClientMessage message)
    {
        if (message is not ClientMessage.Hello hello) session.Reject(new JsonFault(ErrorCodes.BadMessage, "The first message must be hello."));
        else if (hello.Protocol != ProtocolCodec.Version) session.Reject(new JsonFault(ErrorCodes.UnsupportedProtocol, $"This server speaks protocol {ProtocolCodec.Version}."));
        else
        {
            _clientId = hello.ClientId;
            session.Say(new ServerMessage.Welcome(ProtocolCodec.Version, session.Caller.UserId, context.Limits.Heartbeat, context.Limits.MaxTransactionBytes));
        }
    }

    private void Salvage(IReadOnlyList<SalvagedTransaction> transactions, string clientId)
    {
        foreach (var salvaged in transactions)
        {
            if (salvaged.Transaction is { } transaction) session.Writes.Push(clientId, [new QueuedTransaction(salvaged.Seq, transaction)]);
            else session.Writes.Reject(salvaged);
        }
    }

    private void Hear(ClientMessage message, string clientId)
    {
        switch (message)
        {
            // Token, count and digest of what the client holds already will let it catch up; for now it gets everything.
            case ClientMessage.Subscribe subscribe: session.Subscriptions.Open(subscribe.Sub, subscribe.Query); break;
            case ClientMessage.Unsubscribe unsubscribe: session.Subscriptions.Close(unsubscribe.Sub); break;
            case ClientMessage.Push push: session.Writes.Push(clientId, push.Transactions); break;
            case ClientMessage.Inventory: break;
            case ClientMessage.Ping: break;
            case ClientMessage.Hello: session.Reject(new JsonFault(ErrorCodes.BadMessage, "A session has one hello.")); break;
            default: throw new InvalidOperationException($"No case for {message}.");
        }
    }
}
