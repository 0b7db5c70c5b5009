using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace TaskApp.SignIn;

/// <summary>Outside Development nobody is signed in: put your app's own sign-in here. Says in the log why a name was refused.</summary>
internal sealed partial class NoSignIn(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, IHostEnvironment environment)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string Name = "None";

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (BearerName.Of(Request) is not null) LogNameRefused(Logger, environment.EnvironmentName);
        return Task.FromResult(AuthenticateResult.NoResult());
    }

    [LoggerMessage(1, LogLevel.Warning, "Refused a sign-in by name: that is for Development only, and this is {Environment}. Set ASPNETCORE_ENVIRONMENT=Development to try the app, or add a real sign-in.")]
    private static partial void LogNameRefused(ILogger logger, string environment);
}
