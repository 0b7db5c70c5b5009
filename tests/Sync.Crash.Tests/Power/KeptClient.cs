using Microsoft.Extensions.DependencyInjection;
using Sync.Client;
using Sync.Client.Sqlite;
using TaskApp.Model;

namespace Sync.Crash.Tests;

/// <summary>Opens a folder as the driver does, without a network, and looks what is in it.</summary>
internal static class KeptClient
{
    public static async Task<HashSet<string>> TitlesAsync(string folder, Uri server, string user, IEnumerable<string> records)
    {
        var services = new ServiceCollection();
        services.AddSyncClient(AppModel.Create(), o => o.Server = server).UseSqlite(folder).UseTransport(_ => new NoNetwork());
        await using var provider = services.BuildServiceProvider();
        await using var client = provider.GetRequiredService<SyncClientFactory>().Create();
        await client.SignInAsync(new SyncUser(user));
        var titles = new HashSet<string>();
        foreach (var record in records)
        {
            if (await client.Table<TaskItem>().FindAsync(record) is { } task) titles.Add(task.Title);
        }
        return titles;
    }

    private sealed class NoNetwork : ITransport
    {
        public ValueTask<ITransportConnection> ConnectAsync(TransportRequest request, CancellationToken cancellationToken) => throw new TransportException("There is no network.");
    }
}
