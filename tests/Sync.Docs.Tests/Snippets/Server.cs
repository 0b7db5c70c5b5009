using System.Security.Claims;
using Microsoft.AspNetCore.Authentication.BearerToken;
using MyApp.Model;
using Sync;
using Sync.AspNetCore;
using Sync.Server;
using Sync.Server.Sqlite;

namespace MyApp.Server;

internal static class Site
{
    public static WebApplication Build(string[] args, Action<WebApplicationBuilder> adapt)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddSyncServer(AppModel.Create()).UseSqlite(builder.Configuration["Database"] ?? "tasks.db")
            .AddPermissions<Workspace, WorkspacePermissions>()
            .AddPermissions<TaskItem, TaskPermissions>();
        builder.Services.AddAuthentication(BearerTokenDefaults.AuthenticationScheme)
            .AddBearerToken(o => o.Events.OnMessageReceived = TakeTokenFromAddress);
        builder.Services.AddAuthorization();
        adapt(builder);

        var app = builder.Build();
        app.MapPost("/sign-in", SignIn);
        app.MapSync("/api/realtime").RequireAuthorization();
        return app;
    }

    public static IResult SignIn(SignInRequest request) => IsRight(request)
        ? Results.SignIn(PrincipalOf(request.Name), authenticationScheme: BearerTokenDefaults.AuthenticationScheme)
        : Results.Unauthorized();

    public static ClaimsPrincipal PrincipalOf(string userId) =>
        new(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, userId)], BearerTokenDefaults.AuthenticationScheme));

    public static Task TakeTokenFromAddress(MessageReceivedContext context)
    {
        if (context.Request.Path == "/api/realtime/socket") context.Token = context.Request.Query["access_token"];
        return Task.CompletedTask;
    }

    public static async Task AddWorkspaceAsync(SyncServer server)
    {
        var result = await server.WriteAsync(Caller.App("setup"), tx =>
            tx.Table<Workspace>().Create(new Workspace("demo", "Demo", "alice", ["alice", "bob"])));
        if (!result.IsAccepted) Console.WriteLine(result.Receipt?.Message ?? result.Refusal?.Message);

        var mine = await server.Table<Workspace>().WhereContainsAsync(Caller.User("bob"), w => w.MemberIds, "bob");
        Console.WriteLine($"Bob is in {mine.Count} workspaces.");
    }

    public static void MapForOtherOrigins(WebApplication app)
    {
        app.MapSync("/api/realtime", o => o.AllowedOrigins.Add("https://app.example.com")).RequireAuthorization();
    }

    public static async Task SignOutEverywhereAsync(SyncServer server, string userId)
    {
        await server.EndSessionsAsync(userId);
    }

    private static bool IsRight(SignInRequest request) => request.Password == "open sesame";
}

internal sealed record SignInRequest(string Name, string Password);
