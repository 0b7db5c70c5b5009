using System.Globalization;
using Microsoft.AspNetCore.Components.WebAssembly.Hosting;
using MyApp.Model;
using Sync.Client;
using Sync.Client.IndexedDb;
using Sync.Client.Sqlite;
using Sync.Transport.WebSockets;

namespace MyApp.Client;

internal static class Offline
{
    public static void KeepOnDisk(IServiceCollection services)
    {
        var folder = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "MyApp", "sync");
        services.AddSyncClient(AppModel.Create(), o => o.Server = new Uri("https://app.example/api/realtime"))
            .UseSqlite(folder)
            .UseWebSockets();
    }

    public static void KeepInBrowser(WebAssemblyHostBuilder builder)
    {
        builder.Services.AddSyncClient(AppModel.Create(), o => o.Server = new Uri("https://app.example/api/realtime"))
            .UseIndexedDb("tasks")
            .UseWebSockets();
    }

    public static void ShowWhatWaits(SyncClient client, TaskItem task)
    {
        var status = client.Table<TaskItem>().StatusOf(task.Id);
        var mark = status switch { { NeedsAttention: true } => "refused", { IsPending: true, IsSent: false } => "waits", { IsPending: true } => "sent", _ => "" };
        Console.WriteLine($"{task.Title} {mark}");
    }

    public static async Task DealWithRefusedAsync(SyncClient client)
    {
        foreach (var item in client.Tray.Items)
        {
            Console.WriteLine($"{item.Label}: {item.Code} at {item.RejectedAt.ToString("t", CultureInfo.CurrentCulture)}");
            foreach (var field in item.Fields) Console.WriteLine($"  {field.Field}: mine {field.Mine}, the server's {field.Theirs}");
            if (item.Code == "title_length") await client.Tray.ResendAsync(item.TxId, tx => tx.Table<TaskItem>().Set(item.Fields[0].Key.Id, t => t.Title, "Shorter"));
            else await client.Tray.DiscardAsync(item.TxId);
        }
    }

    public static async Task SignOutAsync(SyncClient client)
    {
        var unsent = await client.SignOutAsync(UnsentWork.Export);
        if (unsent is not null) await File.WriteAllTextAsync("unsent.json", unsent);
    }
}
