using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using NativeClient;
using Sync.AspNetCore;
using Sync.Server;

namespace Sync.Packaging.Tests;

/// <summary>The server that the native client dials: workspace demo, owner alice, members alice and bob.</summary>
internal sealed class NativeClientSite : IAsyncDisposable
{
    private const string Pattern = "/api/realtime";

    private readonly WebApplication _app;

    private NativeClientSite(WebApplication app) => _app = app;

    public string Address => _app.Urls.Single() + Pattern;

    public static async Task<NativeClientSite> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSyncServer(AppModel.Create()).UseInMemory()
            .AddPermissions<Workspace, WorkspacePermissions>()
            .AddPermissions<TaskItem, TaskPermissions>();

        var app = builder.Build();
        app.Use((context, next) =>
        {
            if (context.Request.Headers.Authorization.ToString() is ['B', 'e', 'a', 'r', 'e', 'r', ' ', .. var name])
                context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim("sub", name)], "by name"));
            return next(context);
        });
        app.MapSync(Pattern);
        await app.StartAsync();

        var made = await app.Services.GetRequiredService<SyncServer>()
            .WriteAsync(Caller.App("test"), tx => tx.Table<Workspace>().Create(new("demo", "Demo", "alice", ["alice", "bob"])));
        Assert.That(made.IsAccepted, Is.True);
        return new NativeClientSite(app);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

internal sealed class WorkspacePermissions : Permissions<Workspace>
{
    public override bool MayRead(Caller caller, Workspace workspace, Related related) => workspace.MemberIds.Contains(caller.UserId);

    public override Verdict MayWrite(Caller caller, Change<Workspace> change, Related related) =>
        change.Sides.All(w => w.OwnerId == caller.UserId) ? Verdict.Allow : Verdict.Deny("only_the_owner");
}

internal sealed class TaskPermissions : Permissions<TaskItem>
{
    public override bool MayRead(Caller caller, TaskItem task, Related related) =>
        related.Get<Workspace>(task.WorkspaceId)?.MemberIds.Contains(caller.UserId) == true;

    public override Verdict MayWrite(Caller caller, Change<TaskItem> change, Related related) =>
        change.Sides.All(task => MayRead(caller, task, related)) ? Verdict.Allow : Verdict.Deny("not_a_member");
}
