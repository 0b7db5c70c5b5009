using Microsoft.Extensions.Logging;
using Sync.Server;

namespace Sync.Testing;

/// <summary>A server's process, one after the other over one database.</summary>
internal sealed class ServerNode(int number, ServerSetup setup, SimulatedDatabase database, StoreFaults faults, IStoreWatcher watcher, SimulatedClock clock, SeededStreams streams, ILoggerFactory logs)
{
    private NodeClock? _time;
    private SimulatedStore? _store;
    private SyncServer? _server;
    private bool _isOpen;

    public int Number => number;

    public StoreFaults Faults => faults;

    /// <summary>When its process was last ready.</summary>
    public long UpSince { get; private set; }

    /// <summary>When the store last failed it.</summary>
    public long? LastTrouble => _store?.LastTrouble;

    /// <summary>Counts the processes.</summary>
    public int Life { get; private set; }

    public bool IsUp => _server is not null && _isOpen;

    public SyncServer? Server => IsUp ? _server : null;

    public void Start()
    {
        if (_server is not null) return;
        var life = ++Life;
        _isOpen = false;
        _time = new NodeClock(clock, new ProcessGate());
        _store = new SimulatedStore(database, faults, watcher, clock, ChanceOf("store", life), setup.MaxStoreDelayMs, setup.IsShared);
        var random = ChanceOf("server", life);
        _server = new SyncServer(setup.Model, _store, setup.Rules, setup.Options, _time, random.NextBytes, logs, TaskCreationOptions.None);
        _ = OpenAsync(_server, life);
    }

    /// <summary>Somebody may have committed. Where the database is not shared the server has no need to ask for it: it is told all the same, as it would find out by itself.</summary>
    public void Hint()
    {
        if (setup.IsShared) _store?.Hint();
        else Server?.Rooms.Source.OnBehind?.Invoke();
    }

    /// <summary>The process is gone between two of its instructions: nothing it waited for comes, no timer of it fires.</summary>
    public void Die()
    {
        _time?.Die();
        _store?.Die();
        _server = null;
    }

    public async Task StopAsync()
    {
        if (Server is not { } server) return;
        _isOpen = false;
        await server.DisposeAsync().ConfigureAwait(false);
        if (ReferenceEquals(server, _server)) Die();
    }

    private Random ChanceOf(string what, int life) => number == 0 ? streams.For(what, life) : streams.For(what, life, number);

    private async Task OpenAsync(SyncServer server, int life)
    {
        while (life == Life && ReferenceEquals(server, _server))
        {
            try
            {
                await server.StartAsync(CancellationToken.None).ConfigureAwait(false);
                if (life == Life) (_isOpen, UpSince) = (true, clock.Now);
                return;
            }
            catch (SimulatedFaultException)
            {
                await clock.DelayAsync(TimeSpan.FromSeconds(1)).ConfigureAwait(false);
            }
        }
    }
}

/// <summary>What stays the same from process to process.</summary>
internal sealed record ServerSetup(SyncModel Model, IReadOnlyList<PermissionRules> Rules, SyncServerOptions Options, int MaxStoreDelayMs, bool IsShared);
