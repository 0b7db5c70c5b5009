using MyApp.Model;
using Sync;
using Sync.Client;
using Sync.Transport.WebSockets;

namespace MyApp.Client;

internal static class ConsoleApp
{
    public static async Task RunAsync(string[] args)
    {
        var (address, name, password) = (new Uri(args[0]), args[1], args[2]);
        var services = new ServiceCollection();
        services.AddSyncClient(AppModel.Create(), o => o.Server = new Uri(address, "api/realtime")).UseWebSockets();
        await using var provider = services.BuildServiceProvider();

        using var http = new HttpClient { BaseAddress = address };
        var tokens = new Tokens(http, name, password, TimeProvider.System);
        var client = provider.GetRequiredService<SyncClient>();
        await client.SignInAsync(new SyncUser(name, tokens.GetAsync));

        await using var tasks = client.Table<TaskItem>().Where(t => t.WorkspaceId, "demo").OrderBy(t => t.DueDate).Live();
        await tasks.WhenCurrentAsync();
        foreach (var task in tasks.Items) Console.WriteLine($"{task.Title}: {task.Status}");

        await AddAndFinishAsync(client);
        await RenameAsync(client);
        await WriteTogetherAsync(client);
        await CountDoneAsync(client);
    }

    public static async Task AddAndFinishAsync(SyncClient client)
    {
        var tasks = client.Table<TaskItem>();
        var id = client.NewId();
        await tasks.CreateAsync(new TaskItem(id, "demo", "Write the report", TaskState.Todo) { Tags = ["work"] });
        var write = await tasks.UpdateAsync(id, t => t with { Status = TaskState.Done, Tags = [.. t.Tags, "sent"] });
        Console.WriteLine($"On screen: {tasks.Find(id)!.Status}. Decided: {(await write.Receipt).IsAccepted}.");
    }

    public static async Task RenameAsync(SyncClient client)
    {
        var write = await client.WriteAsync("Rename the workspace", tx => tx.Table<Workspace>().Set("demo", w => w.Name, "Ours"));
        var receipt = await write.Receipt;
        Console.WriteLine(receipt.IsAccepted ? "Renamed." : $"Not renamed: {receipt.Code}.");
    }

    public static void ShowRefusals(SyncClient client)
    {
        client.WriteRejected += rejected => Console.WriteLine($"{rejected.Label} was refused: {rejected.Message} ({rejected.Code})");
        client.StatusChanged += status => Console.WriteLine($"{status.Connection}, {status.PendingWrites} to send");
    }

    public static async Task WriteTogetherAsync(SyncClient client)
    {
        var (first, second) = (client.NewId(), client.NewId());
        await client.WriteAsync("Plan the week", tx => tx.Table<TaskItem>()
            .Create(new TaskItem(first, "demo", "Plan", TaskState.InProgress))
            .Create(new TaskItem(second, "demo", "Rest", TaskState.Todo))
            .ListInsert(first, t => t.Tags, "week", ListPosition.AtStart)
            .SetNow(second, t => t.UpdatedAt)
            .Delete(second));
    }

    public static async Task CountDoneAsync(SyncClient client)
    {
        await using var done = client.Table<TaskItem>().Where(t => t.WorkspaceId, "demo").Where(t => t.Status, TaskState.Done).Live();
        await foreach (var snapshot in done.WatchAsync())
        {
            if (snapshot.Freshness != Freshness.Current) continue;
            Console.WriteLine($"{snapshot.Rows.Count} done.");
            break;
        }
    }
}
