using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>Hears other nodes, and the triggers of the app's tables, say that the log has grown. A connection that breaks is made anew.</summary>
internal sealed class Listener : IAsyncDisposable
{
    /// <summary>A connection that dies without a word is found by the next question after so long.</summary>
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);

    private readonly Database _database;
    private readonly string _node;
    private readonly Action _heard;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _loop;

    public Listener(Database database, string node, Action heard, TimeProvider time)
    {
        (_database, _node, _heard, _time) = (database, node, heard, time);
        _loop = Task.Run(ListenAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
    }

    private async Task ListenAsync()
    {
        while (!_ending.IsCancellationRequested)
        {
            try
            {
                await ListenOnceAsync(_ending.Token).ConfigureAwait(false);
            }
            catch (Exception fault) when (Faults.IsOfTheDatabase(fault))
            {
                await Task.Delay(RetryDelay, _time, _ending.Token).ConfigureAwait(false);
            }
        }
    }

    private async Task ListenOnceAsync(CancellationToken ending)
    {
        var connection = await _database.OpenAsync(ending).ConfigureAwait(false);
        await using (connection.ConfigureAwait(false))
        {
            connection.Notification += (_, notice) =>
            {
                if (notice.Payload != _node) _heard();
            };
            await connection.ExecuteAsync($"LISTEN {Notifier.Channel}", ending).ConfigureAwait(false);
            _heard(); // What was said while nobody listened.
            while (true)
            {
                if (!await connection.WaitAsync(Quiet, ending).ConfigureAwait(false)) await connection.ExecuteAsync("SELECT 1", ending).ConfigureAwait(false);
            }
        }
    }
}
