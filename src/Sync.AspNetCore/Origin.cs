using Microsoft.AspNetCore.Http;

namespace Sync.AspNetCore;

/// <summary>
/// Which pages may open the socket. A browser lets any page dial any server and sends cookies along; only the Origin header tells whose page it is.
/// Without one there is no browser, or none that can be told apart, so then no cookie may be the credential.
/// </summary>
internal static class Origin
{
    public static bool MayOpen(HttpRequest request, ISet<string> allowed, bool signedInByCookie)
    {
        if (!request.Headers.TryGetValue("Origin", out var origins)) return !signedInByCookie;
        return origins is [{ } origin] && (IsOwn(origin, request) || allowed.Contains(origin));
    }

    /// <exception cref="InvalidOperationException">No browser would ever send this as an origin.</exception>
    public static void Check(string origin)
    {
        var isOrigin = Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri.GetLeftPart(UriPartial.Authority).Equals(origin, StringComparison.OrdinalIgnoreCase);
        if (!isOrigin) throw new InvalidOperationException($"An allowed origin is a scheme, a host and a port where it is not the default one, such as https://app.example.com; not \"{origin}\".");
    }

    private static bool IsOwn(string origin, HttpRequest request) =>
        request.Host.HasValue && Normal(origin) is { } theirs && theirs == Normal($"{SchemeOf(request)}://{request.Host.Value}");

    private static string? Normal(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && uri is { PathAndQuery: "/", UserInfo: "", Fragment: "" } && !origin.EndsWith('/')
            ? $"{uri.Scheme}://{uri.IdnHost}:{uri.Port}"
            : null;

    private static string SchemeOf(HttpRequest request) => request.Scheme switch { "ws" => "http", "wss" => "https", var scheme => scheme };
}
