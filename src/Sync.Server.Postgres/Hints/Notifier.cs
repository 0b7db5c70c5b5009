using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>
/// Tells other nodes that the log has grown: behind the commit, on a connection of its own, one notice at a time however many commits there are meanwhile. Inside of commits a NOTIFY
/// would make them wait for each other. Notices may be lost; nodes look at the log by themselves too.
/// </summary>
internal sealed class Notifier(Database database, string node) : IAsyncDisposable
{
    public const string Channel = "sync_log";

    private readonly Lock _gate = new();
    private bool _isDue;
    private bool _isEnded;
    private Task _telling = Task.CompletedTask;

    public void Tell()
    {
        lock (_gate)
        {
            if (_isEnded) return;
            _isDue = true;
            if (_telling.IsCompleted) _telling = Task.Run(TellAsync);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Task telling;
        lock (_gate) (_isEnded, telling) = (true, _telling);
        await telling.ConfigureAwait(false);
    }

    private async Task TellAsync()
    {
        try
        {
            var connection = await database.OpenAsync(CancellationToken.None).ConfigureAwait(false);
            await using (connection.ConfigureAwait(false))
            {
                while (TryTake()) await connection.ExecuteAsync($"SELECT pg_notify('{Channel}', $1)", CancellationToken.None, node).ConfigureAwait(false);
            }
        }
        catch (Exception fault) when (Faults.IsOfTheDatabase(fault))
        {
            // Only a hint: others find it when they look at the log.
        }
    }

    private bool TryTake()
    {
        lock (_gate)
        {
            var isDue = _isDue;
            _isDue = false;
            // Whoever tells while this one ends must see that it has.
            if (!isDue) _telling = Task.CompletedTask;
            return isDue;
        }
    }
}
