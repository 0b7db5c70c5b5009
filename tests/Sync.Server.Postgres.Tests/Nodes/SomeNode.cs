using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Sync.Tests;

namespace Sync.Server.Postgres.Tests;

internal sealed record Counter(string Id, string Owner, int Count);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Counter))]
internal sealed partial class CounterJson : JsonSerializerContext;

/// <summary>A server process as far as a test needs one, over a database that others share.</summary>
internal sealed class SomeNode : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private SomeNode(ServiceProvider services) => _services = services;

    public static SyncModel Model { get; } = SyncModel.Create(m => m.Table("counters", CounterJson.Default.Counter).Index(c => c.Owner));

    public SyncServer Server => _services.GetRequiredService<SyncServer>();

    public static Task<SomeNode> StartAsync(PostgresDatabase database, Action<SyncServerOptions>? configure = null, Action<PostgresStoreOptions>? store = null) =>
        StartAsync(database.ConnectionString, configure, store);

    public static async Task<SomeNode> StartAsync(string connectionString, Action<SyncServerOptions>? configure = null, Action<PostgresStoreOptions>? store = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSyncServer(Model, configure).UsePostgres(connectionString, store).AddPermissions(new SignedInPermissions<Counter>());
        var node = new SomeNode(services.BuildServiceProvider());
        await node.Server.StartAsync(CancellationToken.None);
        return node;
    }

    public async Task<WriteResult> CreateAsync(string id, string owner = "x") =>
        await Server.WriteAsync(Caller.App("test"), tx => tx.Table<Counter>().Create(new Counter(id, owner, 0)));

    public async Task<WriteResult> SetAsync(string id, int count) => await Server.WriteAsync(Caller.App("test"), tx => tx.Table<Counter>().Set(id, c => c.Count, count));

    public async Task<Counter?> GetAsync(string id) => await Server.Table<Counter>().GetAsync(Caller.App("test"), id, CancellationToken.None);

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
