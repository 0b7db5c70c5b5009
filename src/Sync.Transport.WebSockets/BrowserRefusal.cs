using System.Net;

namespace Sync.Transport.WebSockets;

/// <summary>A browser keeps to itself why a socket was not opened, so the same address is asked once more without one: a lapsed sign-in must not look like a lost network.</summary>
internal static class BrowserRefusal
{
    /// <summary>401 or 403 where that is why; else nothing, as without a network.</summary>
    public static async Task<HttpStatusCode> OfAsync(Uri socketAddress, CancellationToken cancellationToken)
    {
        var address = new UriBuilder(socketAddress) { Scheme = socketAddress.Scheme == "wss" ? "https" : "http" }.Uri;
        using var http = new HttpClient();
        try
        {
            using var answer = await http.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
            return answer.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? answer.StatusCode : default;
        }
        catch (HttpRequestException)
        {
            return default;
        }
    }
}
