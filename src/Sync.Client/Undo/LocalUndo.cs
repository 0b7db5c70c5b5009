using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>Undo and redo on their way into view and storage.</summary>
internal sealed class LocalUndo(HeartRooms rooms, DiskReader disk, LocalWrites writes)
{
    /// <param name="create">Makes a transaction of operations.</param>
    public async ValueTask<UndoRun> RunAsync(bool isRedo, Func<ImmutableArray<Operation>, Transaction> create, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Missing(isRedo) is { Count: > 0 } missing) await disk.ReadAsync(missing, cancellationToken).ConfigureAwait(false);
        UndoWork work;
        Step step;
        string clientId;
        lock (rooms.Gate)
        {
            writes.CheckRoom();
            if (rooms.Replica.Undo.Top(isRedo) is not { } entry) return UndoRun.OfNothing;
            step = rooms.Replica.TakeBack(entry, create, rooms.Date, out work);
            clientId = rooms.Replica.Queue.ClientId;
        }
        rooms.Tell(step);

        // What was withdrawn has left the queue: whoever waits for its receipt is told whether or not somebody still waits for the undo.
        await writes.SaveAsync(work.Written, step.Withdrawn.Count > 0 ? CancellationToken.None : cancellationToken).ConfigureAwait(false);
        TellWithdrawn(step, clientId);
        return work.ToRun();
    }

    // Only what is saved is so: where another client has taken the queue over meanwhile, it may have sent them.
    private void TellWithdrawn(Step step, string clientId)
    {
        bool isStillOurs;
        lock (rooms.Gate) isStillOurs = rooms.Replica.Queue.ClientId == clientId;
        foreach (var transaction in step.Withdrawn)
        {
            if (isStillOurs) transaction.Handle.Withdraw(transaction.Transaction.AuthorId ?? "");
            else transaction.Handle.Abandon();
        }
    }

    public async ValueTask ClearAsync()
    {
        Step step;
        lock (rooms.Gate) step = rooms.Replica.ClearUndo();
        rooms.Tell(step);
        await rooms.Writer.FlushAsync().ConfigureAwait(false);
    }

    public void OpenGroup(string label)
    {
        lock (rooms.Gate) rooms.Replica.Undo.Grouping.Open(label);
    }

    public void CloseGroup()
    {
        lock (rooms.Gate) rooms.Replica.Undo.Grouping.Close();
    }

    /// <summary>Records that memory lacks and the disk may have.</summary>
    private List<RecordKey> Missing(bool isRedo)
    {
        lock (rooms.Gate)
        {
            var replica = rooms.Replica;
            return replica.Stored.Count == 0 || replica.Undo.Top(isRedo) is not { } entry ? [] : [.. entry.Keys.Where(key => !replica.IsInMemory(key))];
        }
    }
}
