using System.Runtime.Versioning;

namespace Sync.Client.IndexedDb;

/// <summary>
/// One user's storage as one running client has it open. Each batch is one transaction of IndexedDB, which looks first whether its owner still owns what it
/// writes to: a tab that stood still for long may have lost its locks. Nothing is awaited within a transaction, so none outlives a standstill.
/// </summary>
[SupportedOSPlatform("browser")]
internal sealed class IndexedDbRecordStorage(Database database, StorageLocks locks) : IRecordStorage
{
    private Held _held = Held.Nothing;
    private Task _turn = Task.CompletedTask;
    private bool _isLoaded;
    private bool _isClosed;

    public ValueTask<StoredState> LoadAsync(string newClientId, CancellationToken cancellationToken) => InTurnAsync(async () =>
    {
        if (_isLoaded && !locks.AreThere) throw new IOException($"Another tab has taken over the database {database.Name}. This page has no Web Locks, so only the newest tab can write: close this one, or the other, and reload.");
        await ReleaseAsync().ConfigureAwait(false);
        var (held, state) = await Loading.RunAsync(database, locks, newClientId).ConfigureAwait(false);
        (_held, _isLoaded) = (held, true);
        return state;
    }, cancellationToken);

    public async ValueTask<IReadOnlyList<Record>> FindAsync(IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken)
    {
        Check(cancellationToken);
        var values = await database.FindAsync(keys.Distinct()).ConfigureAwait(false);
        return database.Parse(() => values.Select(StoredValues.ReadRecord).ToList());
    }

    public async ValueTask<IReadOnlyList<Record>> QueryAsync(Query query, CancellationToken cancellationToken)
    {
        Check(cancellationToken);
        var values = QueryIds.Of(query) is { } ids
            ? await database.FindAsync(ids.Select(id => new RecordKey(query.Table, id)).Distinct()).ConfigureAwait(false)
            : await database.ReadTableAsync(query.Table).ConfigureAwait(false);
        return database.Parse(() => values.Select(StoredValues.ReadRecord).Where(query.Matches).ToList());
    }

    public async ValueTask WriteAsync(StorageBatch batch, CancellationToken cancellationToken) => await InTurnAsync(async () =>
    {
        if (batch.NeedsWriter && _held.Writer is null) throw new InvalidOperationException("Only the writer may write records, subscriptions and token. Take its place with TryBecomeWriterAsync.");
        if (batch.NewClientId is { } clientId)
        {
            await MoveAsync(batch, clientId).ConfigureAwait(false);
            return true;
        }
        var own = _held.Own.Numbered(batch.LastSeq);
        await database.WriteAsync(BatchWrite.Pack(_held, batch, own.Stored)).ConfigureAwait(false);
        _held = _held.With(own);
        return true;
    }, cancellationToken).ConfigureAwait(false);

    public ValueTask<bool> TryBecomeWriterAsync(CancellationToken cancellationToken) => InTurnAsync(async () =>
    {
        if (_held.Writer is not null) return await IsWriterStillAsync().ConfigureAwait(false);
        if (await locks.TryTakeWriterAsync().ConfigureAwait(false) is not { } taken) return false;
        try
        {
            await database.WriteAsync(_held.Write(WriterCheck.None).Put(StoredContent.Writer, _held.Owner)).ConfigureAwait(false);
        }
        catch
        {
            await taken.ReleaseAsync().ConfigureAwait(false);
            throw;
        }
        _held = _held with { Writer = taken };
        return true;
    }, cancellationToken);

    public async ValueTask DeleteAsync(CancellationToken cancellationToken) => await InTurnAsync(async () =>
    {
        await Deletion.RunAsync(database, locks, _held).ConfigureAwait(false);
        return true;
    }, cancellationToken).ConfigureAwait(false);

    /// <summary>Waits for the write that is running, if there is one.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isClosed) return;
        _isClosed = true;
        await _turn.ConfigureAwait(false);
        database.Close();
        await ReleaseAsync().ConfigureAwait(false);
    }

    /// <summary>Gives up its locks and knows nothing of it, as a page that stood still for long.</summary>
    internal async Task LetGoAsync()
    {
        foreach (var one in _held.Locks) await one.ReleaseAsync().ConfigureAwait(false);
    }

    // What changes who owns what, or relies on it, takes turns. A browser has one thread, so a chain of tasks is enough; none of them ever fails.
    private async ValueTask<T> InTurnAsync<T>(Func<Task<T>> act, CancellationToken cancellationToken)
    {
        Check(cancellationToken);
        var (before, done) = (_turn, new TaskCompletionSource());
        _turn = done.Task;
        await before.ConfigureAwait(false);
        try
        {
            return await act().ConfigureAwait(false);
        }
        finally
        {
            done.SetResult();
        }
    }

    private async Task MoveAsync(StorageBatch batch, string clientId)
    {
        var loading = await locks.TakeLoadingAsync().ConfigureAwait(false);
        try
        {
            var own = (await Loading.AddAsync(database, locks, clientId, _held.Owner).ConfigureAwait(false)).Numbered(batch.LastSeq);
            try
            {
                await database.WriteAsync(BatchWrite.Pack(_held, batch, own.Stored)).ConfigureAwait(false);
            }
            catch
            {
                await own.Lock.ReleaseAsync().ConfigureAwait(false);
                throw;
            }
            foreach (var left in _held.Partitions) await left.Lock.ReleaseAsync().ConfigureAwait(false);
            _held = _held with { Partitions = [own] };
        }
        finally
        {
            await loading.ReleaseAsync().ConfigureAwait(false);
        }
    }

    private async Task<bool> IsWriterStillAsync() => (await StoredContent.ReadAsync(database).ConfigureAwait(false))[StoredContent.Writer] == _held.Owner;

    private async Task ReleaseAsync()
    {
        var held = _held;
        _held = Held.Nothing;
        foreach (var one in held.Locks) await one.ReleaseAsync().ConfigureAwait(false);
    }

    private void Check(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isClosed, this);
        cancellationToken.ThrowIfCancellationRequested();
    }
}
