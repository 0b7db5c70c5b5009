using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>The lock that orders commits, held by an open transaction on the connection that commits.</summary>
internal sealed class OpenTurn(NpgsqlConnection connection, Revision head, Committer committer, Database database) : ICommitTurn
{
    private bool _isOver;

    public Revision Head { get; } = head;
    public NpgsqlConnection Connection { get; } = connection;

    public async ValueTask<CommitAnswer> CommitAsync(CommitBatch batch, CancellationToken cancellationToken)
    {
        if (_isOver) throw new InvalidOperationException("This turn is over: take another.");
        _isOver = true;
        return await committer.CommitAsync(batch, this).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_isOver) return;
        _isOver = true;
        try
        {
            await Connection.ExecuteAsync("ROLLBACK", CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception fault) when (Faults.IsOfTheDatabase(fault))
        {
            await database.DropWriterAsync().ConfigureAwait(false);
        }
    }
}
