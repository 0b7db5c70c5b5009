using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Sync;
using Sync.AspNetCore;
using Sync.Client;
using Sync.Server;
using Sync.Transport.WebSockets;

// The model: the tables that both ends know.
var model = SyncModel.Create(m =>
{
    m.Table("workspaces", AppJson.Default.Workspace).Index(w => w.MemberIds);
    m.Table("tasks", AppJson.Default.TaskItem).Index(t => t.WorkspaceId).Validate(t => t.Title.Length is > 0 and <= 200, "title_length");
});

// The server: a store, the rules, and its address in an ordinary ASP.NET Core app.
var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.SetMinimumLevel(LogLevel.Warning);
builder.WebHost.UseUrls("http://127.0.0.1:0");
builder.Services.AddSyncServer(model).UseInMemory()
    .AddPermissions<Workspace, WorkspacePermissions>()
    .AddPermissions<TaskItem, TaskPermissions>();

await using var app = builder.Build();
app.Use(SignInByName);   // Your app's own authentication stands here.
app.MapSync("/api/realtime");
await app.StartAsync();

// The server's own code writes and reads through the same door.
var server = app.Services.GetRequiredService<SyncServer>();
await server.WriteAsync(Caller.App("setup"), tx => tx.Table<Workspace>().Create(new("demo", "Demo", "alice", ["alice", "bob"])));

// Two clients, each with a socket of its own. In an app, each would be on a device of its own.
var services = new ServiceCollection();
services.AddSyncClient(model, o => o.Server = new Uri($"{app.Urls.Single()}/api/realtime")).UseWebSockets();
await using var provider = services.BuildServiceProvider();
await using var alice = await SignInAsync("alice");
await using var bob = await SignInAsync("bob");

// Bob watches the workspace's tasks. Alice adds one, and it appears on Bob's screen.
await using var bobsTasks = bob.Table<TaskItem>().Where(t => t.WorkspaceId, "demo").OrderBy(t => t.Title).Live();
await bobsTasks.WhenCurrentAsync();
await alice.Table<TaskItem>().CreateAsync(new(alice.NewId(), "demo", "Write the report", TaskState.Todo));
var task = await SeenByBobAsync(t => t.Title == "Write the report");
Console.WriteLine($"Bob sees \"{task.Title}\", {task.Status}.");

// Bob changes it: on his own screen at once, and at the server when its receipt comes.
var write = await bob.Table<TaskItem>().UpdateAsync(task.Id, t => t with { Status = TaskState.Done });
Console.WriteLine($"Bob has it {bob.Table<TaskItem>().Find(task.Id)!.Status} already; the server accepted: {(await write.Receipt).IsAccepted}.");

// Bob is a member, but only the owner may rename the workspace. A refusal is a value with a code.
var rename = await bob.WriteAsync(tx => tx.Table<Workspace>().Set("demo", w => w.Name, "Bob's"));
var receipt = await rename.Receipt;
Console.WriteLine($"Bob may not rename the workspace: {receipt.Status} {receipt.Code}.");

async Task<SyncClient> SignInAsync(string name)
{
    var client = provider.GetRequiredService<SyncClientFactory>().Create();
    await client.SignInAsync(new SyncUser(name, _ => ValueTask.FromResult<string?>(name)));
    return client;
}

async Task<TaskItem> SeenByBobAsync(Func<TaskItem, bool> isIt)
{
    await foreach (var snapshot in bobsTasks.WatchAsync())
        if (snapshot.Rows.FirstOrDefault(isIt) is { } seen) return seen;
    throw new InvalidOperationException("The query ended.");
}

static Task SignInByName(HttpContext context, RequestDelegate next)
{
    if (context.Request.Headers.Authorization.ToString().Split(' ') is ["Bearer", var name])
        context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, name)], "by name"));
    return next(context);
}

public sealed record Workspace(string Id, string Name, string OwnerId, IReadOnlyList<string> MemberIds);

public sealed record TaskItem(string Id, string WorkspaceId, string Title, TaskState Status);

[JsonConverter(typeof(JsonStringEnumConverter<TaskState>))]
public enum TaskState { Todo, Done }

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Workspace)), JsonSerializable(typeof(TaskItem))]
internal sealed partial class AppJson : JsonSerializerContext;

/// <summary>Members read a workspace; only its owner changes it.</summary>
public sealed class WorkspacePermissions : Permissions<Workspace>
{
    public override bool MayRead(Caller caller, Workspace workspace, Related related) => workspace.MemberIds.Contains(caller.UserId);

    public override Verdict MayWrite(Caller caller, Change<Workspace> change, Related related) =>
        change.Sides.All(w => w.OwnerId == caller.UserId) ? Verdict.Allow : Verdict.Deny("only_the_owner");
}

/// <summary>Members read and write the tasks of their workspaces, on both sides of a move.</summary>
public sealed class TaskPermissions : Permissions<TaskItem>
{
    public override bool MayRead(Caller caller, TaskItem task, Related related) =>
        related.Get<Workspace>(task.WorkspaceId)?.MemberIds.Contains(caller.UserId) == true;

    public override Verdict MayWrite(Caller caller, Change<TaskItem> change, Related related) =>
        change.Sides.All(task => MayRead(caller, task, related)) ? Verdict.Allow : Verdict.Deny("not_a_member");
}
