namespace Sync.Client;

/// <summary>Reads from this device's storage what memory lacks, beside everything else. What the server says meanwhile is newer and stays.</summary>
internal sealed class DiskReader(HeartRooms rooms)
{
    private readonly List<Task> _running = [];

    /// <summary>Brings what is stored of a query, or happens to match it. A stored query is asked for after that, since it then says what it has.</summary>
    public void Start(QueryRows rows) => Run(ReadAsync(rows));

    /// <summary>Writes what has changed, for a caller that does not wait.</summary>
    public void StartSaving() => Run(rooms.Writer.FlushAsync().AsTask());

    /// <summary>Gives up the room of a stored query.</summary>
    public void StartDropping(Query query) => Run(DropAsync(query));

    /// <summary>Brings single records. False where none was there.</summary>
    public async ValueTask<bool> ReadAsync(IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken)
    {
        var read = Begin();
        IReadOnlyList<Record> records;
        try
        {
            await rooms.Writer.FlushAsync(cancellationToken).ConfigureAwait(false);
            records = await rooms.Storage.FindAsync(keys, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            lock (rooms.Gate) rooms.Replica.Disk.End(null, read);
            throw;
        }
        Step step;
        lock (rooms.Gate) step = rooms.Replica.Disk.Fill(read, records, rooms.Now);
        rooms.Tell(step);
        return records.Count > 0;
    }

    public async ValueTask StopAsync()
    {
        Task[] running;
        lock (_running) running = [.. _running];
        await Task.WhenAll(running).ConfigureAwait(false);
    }

    private async Task ReadAsync(QueryRows rows)
    {
        var read = Begin();
        var records = await FindAsync(rows.Query).ConfigureAwait(false);
        var step = Step.Nothing;
        lock (rooms.Gate)
        {
            if (records is null) rooms.Replica.Disk.End(rows, read);
            else step = rooms.Replica.Disk.Fill(rows, read, records);
            if (!rows.IsClosed) rooms.Plan.Watch(rows);
        }
        rooms.Tell(step);
        rooms.Wake();
    }

    private async Task DropAsync(Query query)
    {
        var read = Begin();
        var records = await FindAsync(query).ConfigureAwait(false);
        Step step;
        lock (rooms.Gate) step = rooms.Replica.Disk.DropStored(query, read, records ?? []);
        rooms.Tell(step);
        await rooms.Writer.FlushAsync().ConfigureAwait(false);
    }

    // Null where it failed: then the query goes on with what memory has and what the server says.
    private async ValueTask<IReadOnlyList<Record>?> FindAsync(Query query)
    {
        try
        {
            await rooms.Writer.FlushAsync().ConfigureAwait(false);
            return await rooms.Storage.QueryAsync(query, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception fault) // A storage is an adapter's: it may throw anything.
        {
            rooms.Log.ReadFailed(fault);
            return null;
        }
    }

    private DiskRead Begin()
    {
        lock (rooms.Gate) return rooms.Replica.Disk.Begin();
    }

    private void Run(Task task)
    {
        if (task.IsCompletedSuccessfully) return;
        lock (_running)
        {
            _running.RemoveAll(known => known.IsCompletedSuccessfully);
            _running.Add(task);
        }
    }
}
