using System.Globalization;
using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Sync.AspNetCore.Tests.Site;

/// <summary>A bearer token that is the user's name, or the name, a bar and the second since 1970 at which it expires. A name may be followed by @ and a tenant.</summary>
internal sealed class TokenAuthentication(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string Scheme_ = "token";
    public const string TenantClaim = "tenant";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Token() is { } token ? TicketOf(token) : AuthenticateResult.NoResult());

    private string? Token()
    {
        var header = Request.Headers.Authorization.ToString();
        if (header.StartsWith("Bearer ", StringComparison.Ordinal)) return header["Bearer ".Length..];
        return Request.Query["access_token"] is [{ } token] ? token : null;
    }

    private static AuthenticateResult TicketOf(string token)
    {
        var parts = token.Split('|');
        var names = parts[0].Split('@');
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, names[0])], Scheme_);
        if (names is [_, var tenant]) identity.AddClaim(new Claim(TenantClaim, tenant));
        var properties = new AuthenticationProperties();
        if (parts is [_, var seconds]) properties.ExpiresUtc = DateTimeOffset.FromUnixTimeSeconds(long.Parse(seconds, CultureInfo.InvariantCulture));
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), properties, Scheme_));
    }
}
