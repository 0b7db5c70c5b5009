using Microsoft.Extensions.DependencyInjection;
using Sync.Client;
using Sync.Client.Sqlite;
using Sync.Transport.WebSockets;
using TaskApp.Model;
using TaskCli;

if (CommandLine.Read(args) is not { } line)
{
    Console.Error.WriteLine(CommandLine.Usage);
    return 2;
}

// The same client as the page's, on another storage: records and unsent writes are in SQLite files of this folder.
var services = new ServiceCollection();
services.AddSyncClient(AppModel.Create(), o => o.Server = new Uri(line.Server, "api/realtime"))
    .UseSqlite(line.Folder)
    .UseWebSockets();
await using var provider = services.BuildServiceProvider();
await using var client = provider.GetRequiredService<SyncClient>();

// Works without a network too: it opens what is on disk and dials in the background. The sample takes a bare name for a token.
await client.SignInAsync(new SyncUser(line.User, _ => ValueTask.FromResult<string?>(line.User)));

using var stop = new CancellationTokenSource();
Console.CancelKeyPress += (_, key) =>
{
    key.Cancel = true;
    stop.Cancel();
};
return await new Commands(client, line.Workspace, Console.Out).RunAsync(line.Command, line.Text, stop.Token);
