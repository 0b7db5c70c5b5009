using Npgsql;

namespace Sync.Crash.Tests;

/// <summary>Another service that knows nothing of Sync: transactions of plain SQL on the app's own table.</summary>
internal sealed class SqlWriter(string connectionString, Books books, Random random)
{
    private const string Name = "sql";
    private const int MostThinkingMilliseconds = 200;

    private readonly List<string> _rows = [];
    private int _count;

    public async Task RunAsync(CancellationToken stop, CancellationToken patience)
    {
        while (!stop.IsCancellationRequested)
        {
            try
            {
                await using var connection = new NpgsqlConnection(connectionString);
                await connection.OpenAsync(patience);
                while (!stop.IsCancellationRequested)
                {
                    await WriteAsync(connection, patience);
                    await Task.WhenAny(Task.Delay(random.Next(MostThinkingMilliseconds), stop));
                }
            }
            catch (Exception fault) when (fault is NpgsqlException or IOException or TimeoutException)
            {
                // What became of the transaction is not known; it is left at that.
                books.Retry();
                await Task.WhenAny(Task.Delay(random.Next(MostThinkingMilliseconds), stop));
            }
        }
    }

    private async Task WriteAsync(NpgsqlConnection connection, CancellationToken patience)
    {
        var mark = books.NewMark();
        await using var transaction = await connection.BeginTransactionAsync(patience);
        var written = books.Begin(Name, mark);
        var rows = 0;
        switch (random.Next(10))
        {
            case < 6:
                // In one order, so that it does not deadlock with itself.
                string[] ids = [.. new[] { Room.HotItem(random), Room.HotItem(random) }.Distinct().Order(StringComparer.Ordinal)];
                foreach (var id in ids) await ExecuteAsync("UPDATE items SET count = count + 1, title = $1 WHERE id = $2", mark, id);
                break;
            case < 8 when _rows.Count > 0:
                var row = _rows[random.Next(_rows.Count)];
                _rows.Remove(row);
                await ExecuteAsync("UPDATE items SET title = $1 WHERE id = $2", mark, row);
                await ExecuteAsync("DELETE FROM items WHERE title = $1 AND id = $2", mark, row);
                break;
            default:
                var newRow = $"sql-{_count++}";
                await ExecuteAsync("INSERT INTO items (id, room, title) VALUES ($2, $3, $1)", mark, newRow, random.Next(2) == 0 ? Room.Hot : Room.Circle(_count));
                _rows.Add(newRow);
                break;
        }
        await transaction.CommitAsync(patience);
        // A row whose insertion was never answered may not be there.
        if (rows == 0) books.Withdraw(written);
        else books.End(written, isAccepted: true);

        async Task ExecuteAsync(string sql, params string[] values)
        {
            await using var command = new NpgsqlCommand(sql, connection, transaction);
            foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
            rows += await command.ExecuteNonQueryAsync(patience);
        }
    }
}
