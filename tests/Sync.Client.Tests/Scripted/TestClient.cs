using Microsoft.Extensions.Time.Testing;

namespace Sync.Client.Tests;

/// <summary>A client on a clock of its own, before a scripted server.</summary>
internal sealed class TestClient : IAsyncDisposable
{
    public TestClient(InMemoryStorageProvider? storage = null, IRecordStorageProvider? other = null, int seed = 1)
    {
        // NUnit's own context would carry continuations to other threads: here everything completes inline, and what was caused has happened.
        SynchronizationContext.SetSynchronizationContext(null);
        Storage = storage ?? new InMemoryStorageProvider();
        Client = new SyncClient(Some.Model, Options, Server, other ?? Storage, Time, new SeededChance(seed), TestLogs.Instance);
    }

    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    public ScriptedServer Server { get; } = new();
    public SyncClientOptions Options { get; } = new() { Server = new Uri("https://sync.test/api/realtime") };
    public InMemoryStorageProvider Storage { get; }
    public SyncClient Client { get; }
    public ClientTable<Todo> Todos => Client.Table<Todo>();

    public async Task<ScriptedSession> SignInAsync(string userId = "alice", Func<CancellationToken, ValueTask<string?>>? token = null)
    {
        await Client.SignInAsync(new SyncUser(userId, token));
        return await Server.WelcomeAsync(userId);
    }

    public ValueTask DisposeAsync() => Client.DisposeAsync();
}
