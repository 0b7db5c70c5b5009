using Microsoft.Extensions.DependencyInjection;
using NativeClient;
using Sync;
using Sync.Client;
using Sync.Client.Sqlite;
using Sync.Transport.WebSockets;

var services = new ServiceCollection();
var members = new MemberPermissions<Workspace>(w => w.MemberIds);
services.AddSyncClient(AppModel.Create(), o => o.Server = new Uri(args[0])).UseSqlite(args[1]).UseWebSockets()
    .AddPermissions(members.Guard(w => w.Name, (caller, change, _) => caller.Is(change.Before?.OwnerId), "only_the_owner"))
    .AddPermissions(new ParentPermissions<TaskItem, Workspace>(t => t.WorkspaceId, members));
await using var provider = services.BuildServiceProvider();
using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));

var client = provider.GetRequiredService<SyncClient>();
await client.SignInAsync(new SyncUser("bob", _ => ValueTask.FromResult<string?>("bob")));
var tasks = client.Table<TaskItem>();
await using var open = tasks.Where(t => t.WorkspaceId, "demo").OrderBy(t => t.DueDate).Live();
if (args is [_, _, "offline"])
{
    await foreach (var snapshot in open.WatchAsync(patience.Token))
    {
        if (snapshot.Rows is not [var kept]) continue;
        Console.WriteLine($"from disk: {kept.Title}, {kept.Status}, {snapshot.Freshness}");
        break;
    }
    await tasks.CreateAsync(new(client.NewId(), "demo", "Written offline", TaskState.Todo, null, []));
    Console.WriteLine($"saved, {client.Status.PendingWrites} pending");
    return;
}
await open.WhenCurrentAsync(patience.Token);
Console.WriteLine($"{client.UserId} signed in, {open.Items.Count} tasks");

var id = client.NewId();
var creation = await tasks.CreateAsync(new(id, "demo", "Write the report", TaskState.Todo, new DateOnly(2026, 3, 1), ["draft"]));
Console.WriteLine($"created, accepted: {(await creation.Receipt.WaitAsync(patience.Token)).IsAccepted}");

var update = await tasks.UpdateAsync(id, t => t with { Status = TaskState.Done, Tags = [.. t.Tags, "sent"] });
Console.WriteLine($"updated, accepted: {(await update.Receipt.WaitAsync(patience.Token)).IsAccepted}");

await foreach (var snapshot in open.WatchAsync(patience.Token))
{
    if (snapshot.Rows is not [{ Status: TaskState.Done } seen]) continue;
    Console.WriteLine($"live: {seen.Title}, {seen.Status}, {seen.DueDate:yyyy-MM-dd}, {string.Join(" ", seen.Tags)}");
    break;
}

await using var spaces = client.Table<Workspace>().ById("demo").Live();
await spaces.WhenCurrentAsync(patience.Token);
var finish = client.Advise(tx => tx.Table<TaskItem>().Set(id, t => t.Title, "Written"));
var taken = client.Advise(tx => tx.Table<Workspace>().Set("demo", w => w.Name, "Bob's"));
Console.WriteLine($"advised: {finish.GetType().Name}, {(taken as WriteAdvice.Denied)?.Code}");

var rename = await client.WriteAsync("Rename", tx => tx.Table<Workspace>().Set("demo", w => w.Name, "Bob's"));
var receipt = await rename.Receipt.WaitAsync(patience.Token);
Console.WriteLine($"renamed, accepted: {receipt.IsAccepted}, {receipt.Status} {receipt.Code}");
