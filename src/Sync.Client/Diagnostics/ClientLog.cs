using Microsoft.Extensions.Logging;

namespace Sync.Client;

/// <summary>What the client logs. Ids are stable; no line holds record content.</summary>
internal sealed partial class ClientLog(ILogger logger)
{
    private readonly ILogger _logger = logger;

    [LoggerMessage(1, LogLevel.Debug, "Connection: {Before} to {After} on {Happened}")]
    public partial void ConnectionStepped(ConnectionState before, ConnectionState after, object happened);

    [LoggerMessage(2, LogLevel.Information, "The dial failed with status {Status}")]
    public partial void DialFailed(int status, Exception failure);

    [LoggerMessage(3, LogLevel.Information, "The connection ended with {Code}: {Reason}")]
    public partial void ConnectionClosed(int code, string reason);

    [LoggerMessage(4, LogLevel.Warning, "The server sent a frame that can't be read: {Code} at byte {Position}. Dialling again.")]
    public partial void UnreadableFrame(string code, long position);

    [LoggerMessage(5, LogLevel.Error, "A message of the server could not be applied. Dialling again.")]
    public partial void MessageFailed(Exception bug);

    [LoggerMessage(6, LogLevel.Warning, "The server refused a subscription: {Code}")]
    public partial void SubscriptionRefused(string code);

    [LoggerMessage(7, LogLevel.Warning, "The server refused the session: {Code}")]
    public partial void SessionRefused(string code);

    [LoggerMessage(8, LogLevel.Warning, "The connection is signed in as another user than this client. It was ended, and nothing was sent.")]
    public partial void OtherUser();

    [LoggerMessage(9, LogLevel.Information, "The server rejected transaction {TxId}: {Code}")]
    public partial void Rejected(string txId, string code);

    [LoggerMessage(10, LogLevel.Error, "Saving on this device failed")]
    public partial void StorageFailed(Exception fault);

    [LoggerMessage(11, LogLevel.Error, "A listener of the app threw; the others were told all the same")]
    public partial void ListenerThrew(Exception fault);

    [LoggerMessage(12, LogLevel.Warning, "Records of {Table} cannot be read by {Type} and are left out of typed results; the first is {Id}")]
    public partial void Unreadable(string table, string type, string id);

    [LoggerMessage(13, LogLevel.Warning, "The records of a query of {Table} were not what the server has; they are repaired")]
    public partial void Repaired(string table);

    [LoggerMessage(14, LogLevel.Warning, "The server's store has another history than this device has seen: it was restored or replaced. What waits is sent again.")]
    public partial void OtherHistory();

    [LoggerMessage(15, LogLevel.Warning, "Another client of this user on this device has taken over what waits to be sent; this one goes on under another client id")]
    public partial void TakenOver();

    [LoggerMessage(16, LogLevel.Error, "Reading from this device's storage failed")]
    public partial void ReadFailed(Exception fault);

    /// <summary>Runs a listener of the app. What it throws is its own affair: neither the next listener nor the client may suffer from it.</summary>
    public void Tell<TState>(Action<TState> listener, TState state)
    {
        try
        {
            listener(state);
        }
        catch (Exception fault)
        {
            ListenerThrew(fault);
        }
    }
}
