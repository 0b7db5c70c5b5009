namespace Sync.Server;

/// <summary>Ends a user's sessions: those of this node at once, those of others through the change log, which every node follows.</summary>
internal sealed class SessionEnding(SessionHost sessions, ServerRooms rooms)
{
    private const int MaxTries = 10;

    public async ValueTask EndAsync(string userId)
    {
        sessions.End(userId);
        if (rooms.StoreInfo.IsShared) await TellOthersAsync(userId).ConfigureAwait(false);
    }

    private async ValueTask TellOthersAsync(string userId)
    {
        var txId = NewTxId();
        for (var tries = 1; await rooms.Processor.TellSessionsEndAsync(txId, userId).ConfigureAwait(false) is { } refusal; tries++)
        {
            if (tries == MaxTries) throw new TimeoutException($"The sessions of {userId} on other nodes could not be ended: {refusal.Message} Call again.");
            await Task.Delay(rooms.Options.BusyRetryAfter, rooms.Time).ConfigureAwait(false);
        }
    }

    private string NewTxId()
    {
        Span<byte> bytes = stackalloc byte[16];
        rooms.Random(bytes);
        return Convert.ToHexStringLower(bytes);
    }
}
