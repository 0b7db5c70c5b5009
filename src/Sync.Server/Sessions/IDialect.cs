namespace Sync.Server;

/// <summary>How a session talks: our own protocol, or the guide's small one. The first message decides.</summary>
internal interface IDialect
{
    /// <summary>Whether the peer sends and expects pings.</summary>
    bool HasHeartbeats { get; }

    /// <summary>Any bytes at all, valid until it completes. Nothing else is heard before that.</summary>
    ValueTask HearAsync(ReadOnlyMemory<byte> frame, CancellationToken cancellationToken);

    /// <summary>Empty where this dialect has no words for it.</summary>
    ReadOnlyMemory<byte> Encode(ServerMessage message);
}
