namespace Sync.Transport.WebSockets;

/// <summary>The socket's address under the address that <c>MapSync</c> was given.</summary>
internal static class SocketAddress
{
    public static Uri Of(TransportRequest request, bool tokenInAddress)
    {
        var address = new UriBuilder(request.Server) { Scheme = SchemeOf(request.Server), Fragment = "" };
        address.Path = address.Path.TrimEnd('/') + "/socket";
        if (tokenInAddress && request.AccessToken is { } token)
        {
            var separator = address.Query.Length > 1 ? "&" : "";
            address.Query = $"{address.Query}{separator}access_token={Uri.EscapeDataString(token)}";
        }

        return address.Uri;
    }

    private static string SchemeOf(Uri server) => server.Scheme switch
    {
        "http" or "ws" => "ws",
        "https" or "wss" => "wss",
        var other => throw new ArgumentException($"The server's address starts with http or https, not {other}: {server}", nameof(server)),
    };
}
