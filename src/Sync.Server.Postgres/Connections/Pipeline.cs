using System.Data;
using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>
/// Statements that go to the database in one round trip. The first that fails ends it: those behind it are not carried out. Which one failed is told by those that answer by rows: it is the
/// next of them, or one without rows before it. (Npgsql names the failed one only where the connection string asks for it, and an app's own data source may not.)
/// </summary>
internal sealed class Pipeline(NpgsqlConnection connection, TimeSpan timeout)
{
    /// <summary>The database ends a statement that takes too long, and says so; only where it says nothing we give up, and then do not know what became of it.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);

    private readonly List<(SqlDraft Sql, int Entry, Action<NpgsqlDataReader>? Read)> _statements = [];

    /// <summary>True once a row was handed over.</summary>
    public bool HasRead { get; private set; }

    /// <param name="sql">One statement.</param>
    /// <param name="entry">The place of the transaction that it is of; -1 for one of no single transaction.</param>
    /// <param name="read">Called for each of its rows.</param>
    public void Add(SqlDraft sql, int entry = -1, Action<NpgsqlDataReader>? read = null) => _statements.Add((sql, entry, read));

    public void Add(string sql) => Add(new SqlDraft(sql));

    /// <exception cref="StatementException">A statement was refused by the database: says which.</exception>
    /// <exception cref="NpgsqlException">The connection failed: how far it came cannot be told.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var batch = new NpgsqlBatch(connection) { Timeout = (int)Math.Ceiling((timeout + Grace).TotalSeconds) };
        await using (batch.ConfigureAwait(false))
        {
            foreach (var (sql, _, _) in _statements) batch.BatchCommands.Add(sql.ToBatchCommand());
            var answering = 0;
            try
            {
                var reader = await batch.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
                await using (reader.ConfigureAwait(false))
                {
                    answering = NextAnswering(0);
                    while (answering < _statements.Count)
                    {
                        while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                        {
                            HasRead = true;
                            _statements[answering].Read?.Invoke(reader);
                        }

                        answering = NextAnswering(answering + 1);
                        await reader.NextResultAsync(cancellationToken).ConfigureAwait(false);
                    }
                }
            }
            catch (PostgresException fault)
            {
                var at = Math.Min(NextAnswering(answering), _statements.Count - 1);
                throw new StatementException(_statements[at].Sql.Text, _statements[at].Entry, fault);
            }
            catch (InvalidOperationException fault) when (connection.State != ConnectionState.Open)
            {
                throw new NpgsqlException("The connection was lost.", fault);
            }
        }
    }

    private int NextAnswering(int from)
    {
        var next = from;
        while (next < _statements.Count && !_statements[next].Sql.ReturnsRows) next++;
        return next;
    }
}

/// <summary>The database refused a statement of a pipeline.</summary>
internal sealed class StatementException(string sql, int entry, PostgresException fault) : Exception($"{fault.SqlState} in: {sql}", fault)
{
    public int Entry { get; } = entry;
    public string Sql { get; } = sql;
    public PostgresException Fault { get; } = fault;
}
