using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Sync.AspNetCore.Tests.Site;
using Sync.Client;
using Sync.Client.Sqlite;
using Sync.Transport.WebSockets;

namespace Sync.AspNetCore.Tests.Revocation;

/// <summary>A folder on which bob's app is opened and closed.</summary>
internal sealed class Device(TestSite site, string folder)
{
    private ServiceProvider? _running;

    /// <summary>Opens the app.</summary>
    /// <param name="token">What the app answers when it is asked for a token.</param>
    public async Task<SyncClient> OpenAsync(Func<CancellationToken, ValueTask<string?>>? token = null, TimeSpan? keepUnread = null)
    {
        await CloseAsync();
        var services = new ServiceCollection();
        services.AddSyncClient(Library.Model, o => (o.Server, o.KeepUnread) = (site.Address, keepUnread ?? o.KeepUnread)).UseWebSockets().UseSqlite(folder);
        _running = services.BuildServiceProvider();
        var client = _running.GetRequiredService<SyncClient>();
        await client.SignInAsync(new SyncUser("bob", token ?? (_ => ValueTask.FromResult<string?>("bob"))));
        return client;
    }

    /// <summary>Closes the app in good order: all that it had to write is on the disk.</summary>
    public async Task CloseAsync()
    {
        if (_running is { } running) await running.DisposeAsync();
        _running = null;
    }

    /// <summary>How often a text stands in the bytes of all files, journals included; also while the app runs. (The index of the journal and the locks hold no content.)</summary>
    public int Find(string text)
    {
        var found = 0;
        foreach (var file in Directory.EnumerateFiles(folder).Where(file => !file.EndsWith("-shm", StringComparison.Ordinal) && !file.EndsWith("lock", StringComparison.Ordinal)))
        {
            var bytes = Read(file).AsSpan();
            for (int next; (next = bytes.IndexOf(Encoding.UTF8.GetBytes(text))) >= 0; bytes = bytes[(next + 1)..]) found++;
        }
        return found;
    }

    /// <summary>What there is of a file that may be cut meanwhile.</summary>
    private static byte[] Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var bytes = new MemoryStream();
        file.CopyTo(bytes);
        return bytes.ToArray();
    }
}
