using System.Net;
using System.Net.WebSockets;

namespace Sync.Transport.WebSockets;

/// <summary>
/// Dials the socket of a server that has <c>MapSync</c>. The token goes as an Authorization header, or as <c>access_token</c> in the address in a browser,
/// whose sockets carry no headers. A browser does not tell the status of a refused dial either: there the address is asked once more, without a socket.
/// </summary>
public sealed class WebSocketTransport(int maxMessageBytes = WebSocketTransport.DefaultMaxMessageBytes, TimeProvider? time = null) : ITransport
{
    /// <summary>Largest message taken in from a server. A checkpoint is one message.</summary>
    public const int DefaultMaxMessageBytes = 16 * 1024 * 1024;

    public async ValueTask<ITransportConnection> ConnectAsync(TransportRequest request, CancellationToken cancellationToken)
    {
        var isBrowser = OperatingSystem.IsBrowser();
        var address = SocketAddress.Of(request, tokenInAddress: isBrowser);
        var socket = new ClientWebSocket();
        try
        {
            if (!isBrowser)
            {
                socket.Options.CollectHttpResponseDetails = true;
                if (request.AccessToken is { } token) socket.Options.SetRequestHeader("Authorization", $"Bearer {token}");
            }

            await socket.ConnectAsync(address, cancellationToken).ConfigureAwait(false);
            return new WebSocketConnection(socket, maxMessageBytes, time) { TakesBinary = true };
        }
        catch (WebSocketException e)
        {
            var status = isBrowser ? default : socket.HttpStatusCode;
            socket.Dispose();
            if (isBrowser) status = await BrowserRefusal.OfAsync(address, cancellationToken).ConfigureAwait(false);
            throw new TransportException(Message(status), (int)status, e);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static string Message(HttpStatusCode status) => status == default
        ? "The server could not be reached."
        : $"The server refused the socket with status {(int)status}.";
}
