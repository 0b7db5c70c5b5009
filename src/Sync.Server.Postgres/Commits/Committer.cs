using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>
/// Carries batches out. A batch is written in one round trip, each record once; where that fails by something that one transaction has done, it is written again one transaction after the
/// other, which tells which it was.
/// </summary>
internal sealed class Committer(Database database, StoreTables tables, Trimming trimming, Notifier notifier, PostgresStoreOptions options)
{
    private const int MaxTries = 4;

    /// <summary>The commit that is running, or the last that ran.</summary>
    public Task Last { get; private set; } = Task.CompletedTask;

    public Task<CommitAnswer> CommitAsync(CommitBatch batch, OpenTurn? turn)
    {
        if (!Last.IsCompleted) throw new InvalidOperationException("A commit is running: commits come one at a time.");
        var commit = UntilAnsweredAsync(batch, turn, CancellationToken.None);
        Last = commit;
        return commit;
    }

    private async Task<CommitAnswer> UntilAnsweredAsync(CommitBatch batch, OpenTurn? turn, CancellationToken cancellationToken)
    {
        var changes = FoldedChanges.Of(batch, tables);
        for (var tries = 1; ; tries++)
        {
            var attempt = new CommitAttempt(tables, options, batch, changes);
            var (answer, next) = await RunAsync(attempt, turn, isLast: tries >= MaxTries, cancellationToken).ConfigureAwait(false);
            if (answer is CommitAnswer.Committed && batch.Entries.Count > 0)
            {
                if (batch.Entries.Any(e => e.Receipt.IsAccepted)) notifier.Tell();
                await trimming.AfterCommitAsync(batch.Entries.Count, batch.Entries[^1].Receipt.Now).ConfigureAwait(false);
            }
            if (answer is not null) return answer;
            turn = null;
            if (next == Next.OneByOne) changes = null;
        }
    }

    private enum Next { Again, OneByOne }

    private async Task<(CommitAnswer? Answer, Next Next)> RunAsync(CommitAttempt attempt, OpenTurn? turn, bool isLast, CancellationToken cancellationToken)
    {
        NpgsqlConnection connection;
        try
        {
            connection = turn?.Connection ?? await database.WriterAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (Faults.IsOfTheDatabase(fault) || fault is OperationCanceledException)
        {
            return (new CommitAnswer.Unavailable(Told(fault)), default);
        }

        try
        {
            return (await attempt.RunAsync(connection, turn is not null, cancellationToken).ConfigureAwait(false), default);
        }
        catch (StatementException refused)
        {
            var sqlState = refused.Fault.SqlState;
            if (Answers.IsLoss(sqlState)) return (await UnknownAsync(refused.Fault).ConfigureAwait(false), default);
            await RollBackAsync(connection).ConfigureAwait(false);
            if (Answers.IsContention(sqlState)) return isLast ? (new CommitAnswer.Unavailable(Told(refused.Fault)), default) : (null, Next.Again);
            if (attempt.AnswerOf(refused) is { } answer) return (answer, default);
            return (null, Next.OneByOne);
        }
        catch (Exception fault) when (Faults.IsOfTheDatabase(fault) || fault is OperationCanceledException)
        {
            return (await UnknownAsync(fault).ConfigureAwait(false), default);
        }
    }

    /// <summary>With the connection lost nobody can tell whether the database came to the commit.</summary>
    private async Task<CommitAnswer> UnknownAsync(Exception fault)
    {
        await database.DropWriterAsync().ConfigureAwait(false);
        return new CommitAnswer.Unknown(Told(fault));
    }

    private async Task RollBackAsync(NpgsqlConnection connection)
    {
        try
        {
            await connection.ExecuteAsync("ROLLBACK", CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception fault) when (Faults.IsOfTheDatabase(fault))
        {
            await database.DropWriterAsync().ConfigureAwait(false);
        }
    }

    private static string Told(Exception fault) => fault is PostgresException { SqlState: var state } ? $"PostgreSQL error {state}" : fault.GetType().Name;
}
