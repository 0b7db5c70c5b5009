using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Sync.AspNetCore;

/// <summary>Who calls, by what the app's authentication found, and until when that holds.</summary>
internal static class SignIn
{
    public static string? DefaultUserId(ClaimsPrincipal principal) =>
        principal.FindFirst(ClaimTypes.NameIdentifier)?.Value ?? principal.FindFirst("sub")?.Value;

    public static Caller? CallerOf(HttpContext context, Func<ClaimsPrincipal, string?> userId)
    {
        var principal = context.User;
        if (!principal.Identities.Any(identity => identity.IsAuthenticated)) return null;
        return userId(principal) is { Length: > 0 } id ? Caller.User(id, principal) : null;
    }

    /// <summary>When the sign-in ends: the ticket's own expiry, else the claim <c>exp</c> in seconds since 1970; null where it does not say.</summary>
    public static DateTimeOffset? ExpiryOf(HttpContext context)
    {
        var ticket = TicketOf(context);
        if (ticket?.Properties.ExpiresUtc is { } expires) return expires;

        var exp = context.User.FindFirst("exp")?.Value;
        var isSeconds = long.TryParse(exp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds();
        return isSeconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
    }

    /// <summary>True unless something else than a cookie can have signed the caller in.</summary>
    public static async ValueTask<bool> IsByCookieAsync(HttpContext context)
    {
        var request = context.Request;
        if (!request.Headers.ContainsKey("Cookie")) return false;
        if (!request.Headers.ContainsKey("Authorization") && !request.Query.ContainsKey("access_token")) return true;

        var schemes = context.RequestServices.GetService<IAuthenticationSchemeProvider>();
        if (schemes is null || TicketOf(context) is not { } ticket) return true;
        var scheme = await schemes.GetSchemeAsync(ticket.AuthenticationScheme).ConfigureAwait(false);
        return scheme is null || scheme.HandlerType.IsAssignableTo(typeof(CookieAuthenticationHandler));
    }

    private static AuthenticationTicket? TicketOf(HttpContext context) =>
        context.Features.Get<IAuthenticateResultFeature>()?.AuthenticateResult?.Ticket;
}
