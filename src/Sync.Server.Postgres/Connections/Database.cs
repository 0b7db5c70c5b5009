using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>Connections to the database: one that commits, kept open, and those of the pool for reads.</summary>
internal sealed class Database : IAsyncDisposable
{
    private const int MaxPrepared = 256;

    private readonly NpgsqlDataSource _source;
    private readonly bool _isOwned;
    private readonly PostgresStoreOptions _options;
    private NpgsqlConnection? _writer;

    public Database(string connectionString, PostgresStoreOptions options)
    {
        var builder = new NpgsqlConnectionStringBuilder(connectionString);
        // The builder knows every setting, said or not; one that was said stands in the string as it came.
        if (!connectionString.Replace(" ", "", StringComparison.Ordinal).Contains("MaxAutoPrepare", StringComparison.OrdinalIgnoreCase)) (builder.MaxAutoPrepare, builder.AutoPrepareMinUsages) = (MaxPrepared, 2);
        builder.ApplicationName ??= "sync";
        builder.NoResetOnClose = true; // Reads leave nothing behind in a session.
        (_source, _isOwned, _options) = (NpgsqlDataSource.Create(builder.ConnectionString), true, options);
    }

    public Database(NpgsqlDataSource source, PostgresStoreOptions options) => (_source, _options) = (source, options);

    public ValueTask<NpgsqlConnection> OpenAsync(CancellationToken cancellationToken) => _source.OpenConnectionAsync(cancellationToken);

    /// <summary>Connections that wait in the pool are closed: where one was found dead, so are its neighbours.</summary>
    public void ForgetIdle() => _source.Clear();

    /// <summary>The connection that commits. Used by one commit at a time.</summary>
    public async ValueTask<NpgsqlConnection> WriterAsync(CancellationToken cancellationToken)
    {
        if (_writer is { State: System.Data.ConnectionState.Open } open) return open;
        await DropWriterAsync().ConfigureAwait(false);
        var writer = await OpenAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var timeout = (long)_options.StatementTimeout.TotalMilliseconds;
            // A plan that suits any number of rows reads small tables whole; planned each time, a group goes by the keys that it has.
            // A node that holds the turn and stands still would hold up all others, so its transaction is ended by the database.
            await writer.ExecuteAsync(
                $"SET sync.own = 'on'; SET statement_timeout = {timeout}; SET idle_in_transaction_session_timeout = {timeout}; SET default_transaction_isolation = 'read committed'; SET plan_cache_mode = 'force_custom_plan'", cancellationToken)
                .ConfigureAwait(false);
        }
        catch // Whatever befell it goes on to the caller; only the connection must not be left open.
        {
            await writer.DisposeAsync().ConfigureAwait(false);
            throw;
        }
        return _writer = writer;
    }

    /// <summary>Closes the connection that commits; what it had not committed is gone.</summary>
    public async ValueTask DropWriterAsync()
    {
        if (_writer is not { } writer) return;
        _writer = null;
        try
        {
            await writer.DisposeAsync().ConfigureAwait(false);
        }
        catch (NpgsqlException)
        {
            // It was broken already, which ends its transaction as surely.
        }
    }

    public async ValueTask DisposeAsync()
    {
        await DropWriterAsync().ConfigureAwait(false);
        if (_isOwned) await _source.DisposeAsync().ConfigureAwait(false);
    }
}
