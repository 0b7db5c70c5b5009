using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Sync.AspNetCore;

/// <summary>
/// Keeps the WebSocket of ASP.NET Core from aborting the request by itself. It does so right after it has said 1007 or 1002 to a peer that broke a frame,
/// and the reset overtakes the goodbye. Whether the connection is reset or ends in good order is for the endpoint to say.
/// </summary>
internal sealed class HeldAbort : IHttpRequestLifetimeFeature
{
    private readonly IHttpRequestLifetimeFeature _request;

    private HeldAbort(IHttpRequestLifetimeFeature request) => _request = request;

    public static HeldAbort Of(HttpContext context)
    {
        var held = new HeldAbort(context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>());
        context.Features.Set<IHttpRequestLifetimeFeature>(held);
        return held;
    }

    public CancellationToken RequestAborted
    {
        get => _request.RequestAborted;
        set => _request.RequestAborted = value;
    }

    public void Abort() { }

    public void Now() => _request.Abort();
}
