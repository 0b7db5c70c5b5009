using Npgsql;
using Sync.Tests;

namespace Sync.Crash.Tests;

/// <summary>What befalls the nodes and the database, drawn from a seed.</summary>
internal sealed class Nemesis(PostgresCluster cluster, string connectionString, IReadOnlyList<NodeProcess> nodes, Books books, Random random)
{
    private const int MostWritesBetween = 150;
    private const int MostStoppedMilliseconds = 8000;
    private const int MostHeldMilliseconds = 5000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(4);

    private readonly Dictionary<string, int> _counts = [];
    private readonly List<(long At, string Fault)> _times = [];
    private readonly SemaphoreSlim _database = new(1);
    private readonly Dictionary<NodeProcess, SemaphoreSlim> _ofNode = nodes.ToDictionary(node => node, _ => new SemaphoreSlim(1));

    public string Told => string.Join(", ", _counts.OrderBy(count => count.Key, StringComparer.Ordinal).Select(count => $"{count.Value} × {count.Key}"));

    /// <summary>What befell in a time: it may explain why somebody had to wait.</summary>
    public string ToldOf(long from, long to)
    {
        lock (_counts) return string.Join(", ", _times.Where(time => time.At >= from && time.At <= to).Select(time => FormattableString.Invariant($"{(time.At - from) / 1e6:F0} s {time.Fault}")));
    }

    /// <summary>As many faults, some on top of the one before; after each so many writes are acknowledged again.</summary>
    public async Task RunAsync(int faults)
    {
        var going = Task.CompletedTask;
        for (var i = 0; i < faults; i++)
        {
            var fault = Draw();
            if (random.Next(3) > 0) await going;
            going = Task.WhenAll(going, fault());
            if (random.Next(3) > 0) await going;
            await GoOnAsync();
        }
        await going;
    }

    /// <summary>Until the writers have come on.</summary>
    public async Task GoOnAsync()
    {
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            await books.ReachAsync(random.Next(1, MostWritesBetween), patience.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"Nobody is acknowledged any more after {Told}.\n{string.Join("\n\n", nodes.Select(node => $"{node.Name}:\n{node.Output}"))}");
        }
    }

    public async Task KillNodeAsync(int number)
    {
        var node = nodes[number];
        await _ofNode[node].WaitAsync();
        Count("kill -9 of a node");
        await node.KillAsync();
        if (random.Next(2) == 0) await Task.Delay(random.Next(2000));
        await node.StartAsync();
        _ofNode[node].Release();
    }

    public async Task KillDatabaseAsync()
    {
        await _database.WaitAsync();
        Count("kill -9 of PostgreSQL");
        cluster.Kill();
        if (random.Next(2) == 0) await Task.Delay(random.Next(3000));
        cluster.StartServer();
        _database.Release();
    }

    private Func<Task> Draw()
    {
        var (node, time, share) = (random.Next(nodes.Count), random.Next(1000, MostStoppedMilliseconds), random.Next(1, 4));
        return random.Next(10) switch
        {
            < 3 => () => KillNodeAsync(node),
            < 5 => KillDatabaseAsync,
            < 7 => () => StopAsync(nodes[node], time),
            < 9 => () => EndConnectionsAsync(share),
            _ => () => HoldAsync(random.Next(1000, MostHeldMilliseconds)),
        };
    }

    /// <summary>SIGSTOP, and SIGCONT later: to all others it looks dead, and goes on as if nothing had been.</summary>
    private async Task StopAsync(NodeProcess node, int milliseconds)
    {
        await _ofNode[node].WaitAsync();
        Count("a node stopped for 1 to 8 s");
        node.Stop();
        await Task.Delay(milliseconds);
        node.Continue();
        _ofNode[node].Release();
    }

    private async Task EndConnectionsAsync(int share)
    {
        Count("connections to PostgreSQL ended");
        await OnDatabaseAsync(async connection =>
        {
            await using var end = new NpgsqlCommand($"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND datname = current_database() AND random() < {share} / 3.0", connection);
            await end.ExecuteNonQueryAsync();
        });
    }

    /// <summary>A transaction of somebody's psql that was left open, on a record that all write to.</summary>
    private async Task HoldAsync(int milliseconds)
    {
        Count("a row held by an idle transaction");
        var id = Room.HotItem(random);
        await OnDatabaseAsync(async connection =>
        {
            await using var transaction = await connection.BeginTransactionAsync();
            await using var hold = new NpgsqlCommand("SELECT FROM items WHERE id = $1 FOR UPDATE", connection, transaction) { Parameters = { new NpgsqlParameter { Value = id } } };
            await hold.ExecuteNonQueryAsync();
            await Task.Delay(milliseconds);
            await transaction.RollbackAsync();
        });
    }

    private async Task OnDatabaseAsync(Func<NpgsqlConnection, Task> act)
    {
        try
        {
            await using var connection = new NpgsqlConnection(connectionString);
            await connection.OpenAsync();
            await act(connection);
        }
        catch (Exception fault) when (fault is NpgsqlException or IOException or TimeoutException)
        {
            // The database is down, or goes down: fault enough.
        }
    }

    private void Count(string fault)
    {
        lock (_counts)
        {
            _counts[fault] = _counts.GetValueOrDefault(fault) + 1;
            _times.Add((books.Now, fault));
        }
    }
}
