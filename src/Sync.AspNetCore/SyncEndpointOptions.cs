using System.Security.Claims;
using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Sync.Server;

namespace Sync.AspNetCore;

/// <summary>What <c>MapSync</c> lets an app decide.</summary>
public sealed class SyncEndpointOptions
{
    /// <summary>Room for a body's white space and names beyond the largest transaction.</summary>
    private const int BodySlackBytes = 16 * 1024;

    /// <summary>The signed-in user's id; null for none, which is 401. Asked only for a principal that is authenticated. Default: the claim NameIdentifier, else <c>sub</c>.</summary>
    public Func<ClaimsPrincipal, string?> UserId { get; set; } = SignIn.DefaultUserId;

    /// <summary>
    /// Whose a request is, for a server with <c>UseStores</c>: from a claim, the host, or the path, as in <c>http => http.GetRouteValue("tenant") as string</c> with <c>MapSync("/api/{tenant}/realtime", …)</c>.
    /// Null and the name of a tenant that there is not are answered alike, 404 <c>unknown_tenant</c>. Asked once a request, behind the sign-in: give null where this user has no business with that tenant.
    /// </summary>
    public Func<HttpContext, string?>? Tenant { get; set; }

    /// <summary>
    /// Origins, beside the server's own, whose pages may open the socket: <c>https://app.example.com</c>, with the port where it is not the default one.
    /// </summary>
    public ISet<string> AllowedOrigins { get; } = new HashSet<string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Largest HTTP body, in bytes. Default: the server's MaxTransactionBytes and 16 KiB.</summary>
    public int? MaxRequestBytes { get; set; }

    /// <summary>Largest message taken in on a socket, in bytes. Default: twice the server's MaxTransactionBytes and 16 KiB.</summary>
    public int? MaxFrameBytes { get; set; }

    /// <summary>Asked for one permit before every write, every read and every new socket; 429 without one. Default: none.</summary>
    public PartitionedRateLimiter<Caller>? RateLimiter { get; set; }

    internal void Complete(SyncServerOptions limits)
    {
        MaxRequestBytes ??= limits.MaxTransactionBytes + BodySlackBytes;
        MaxFrameBytes ??= (2 * limits.MaxTransactionBytes) + BodySlackBytes;
        if (MaxRequestBytes <= 0 || MaxFrameBytes <= 0)
            throw new InvalidOperationException($"{nameof(MaxRequestBytes)} and {nameof(MaxFrameBytes)} are bytes, at least 1; they are {MaxRequestBytes} and {MaxFrameBytes}.");
        foreach (var origin in AllowedOrigins) Origin.Check(origin);
    }
}
