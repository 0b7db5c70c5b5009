using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Sync;
using Sync.Server;
using TaskApp.Model;

namespace TaskApp.SignIn;

/// <summary>Signs in whoever says a name that is in the table of users. For development only: there is no secret.</summary>
internal sealed class DevelopmentSignIn(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, SyncServer server)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string Name = "Development";

    private static readonly Caller AsApp = Caller.App("sign-in");

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (BearerName.Of(Request) is not { } name) return AuthenticateResult.NoResult();
        if (await server.Table<AppUser>().GetAsync(AsApp, name, Context.RequestAborted) is not { } user) return AuthenticateResult.Fail("There is no such user.");

        var identity = new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, user.Id)], Name);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Name));
    }
}
