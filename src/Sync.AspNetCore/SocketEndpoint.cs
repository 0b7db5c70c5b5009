using Microsoft.AspNetCore.Http;
using Sync.Server;
using Sync.Transport.WebSockets;

namespace Sync.AspNetCore;

/// <summary>
/// <c>GET socket</c>: one connection from its handshake to its end. What is said on it is the session's, in Sync.Server; here is only what HTTP knows:
/// the page's origin, and until when the sign-in holds.
/// </summary>
internal sealed class SocketEndpoint(SyncEndpointOptions options, TimeProvider time)
{
    private static readonly TransportClose Failed = new(TransportClose.InternalError, "The server failed.");

    public async Task HandleAsync(HttpContext context, SyncServer server, Caller caller)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            await Answers.ErrorAsync(context, ErrorCodes.BadMessage, "This address speaks WebSocket.").ConfigureAwait(false);
            return;
        }

        if (!Origin.MayOpen(context.Request, options.AllowedOrigins, await SignIn.IsByCookieAsync(context).ConfigureAwait(false)))
        {
            await Answers.ErrorAsync(context, ErrorCodes.NotAllowed, "Pages of this origin may not open the socket.").ConfigureAwait(false);
            return;
        }

        var abort = HeldAbort.Of(context);
        var socket = await context.WebSockets.AcceptWebSocketAsync().ConfigureAwait(false);
        var connection = new WebSocketConnection(socket, options.MaxFrameBytes!.Value, time);
        await using var _ = connection.ConfigureAwait(false);
        await RunAsync(connection, server, caller, SignIn.ExpiryOf(context), context.RequestAborted).ConfigureAwait(false);
        if (connection.IsDropped) abort.Now();
    }

    private async Task RunAsync(WebSocketConnection connection, SyncServer server, Caller caller, DateTimeOffset? expires, CancellationToken aborted)
    {
        try
        {
            var close = await server.RunSessionAsync(connection, caller, expires ?? DateTimeOffset.MaxValue, aborted).ConfigureAwait(false);
            await connection.CloseAsync(close, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await connection.CloseAsync(Failed, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }
}
