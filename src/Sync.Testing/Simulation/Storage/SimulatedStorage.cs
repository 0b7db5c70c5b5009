using Sync.Client;

namespace Sync.Testing;

/// <summary>What is to go wrong with a device's storage, and when.</summary>
internal sealed class StorageFaults
{
    private int _callsUntilCrash;
    private bool _isAfterCall;

    /// <summary>Batches that are still to fail.</summary>
    public int FailingWrites { get; set; }

    public void ArmCrash(int calls, bool isAfterCall) => (_callsUntilCrash, _isAfterCall) = (calls, isAfterCall);

    public (bool Before, bool After) CountCall()
    {
        if (_callsUntilCrash == 0 || --_callsUntilCrash > 0) return (false, false);
        return (!_isAfterCall, _isAfterCall);
    }

    public void Clear() => (_callsUntilCrash, FailingWrites) = (0, 0);
}

/// <summary>
/// A device's storage as one client process has it open: calls take time, may fail, and may be the process's last. A torn batch is one that is not there at
/// all, since that is what the storage promises. When the process dies the storage is released as the system would release its locks.
/// </summary>
internal sealed class SimulatedStorage(InMemoryStorage inner, StorageFaults faults, Action<string> called, Action<string> dies, SimulatedClock clock, ProcessGate gate, Random random, int maxDelayMs) : IRecordStorage
{
    private bool _isDead;

    public void Die()
    {
        _isDead = true;
        inner.Release();
    }

    /// <summary>The system gives up the locks of a process that stands still for too long.</summary>
    public void LoseLocks() => inner.Release();

    public ValueTask<StoredState> LoadAsync(string newClientId, CancellationToken cancellationToken) => CallAsync("load", () => inner.LoadAsync(newClientId, CancellationToken.None));

    public ValueTask<IReadOnlyList<Record>> FindAsync(IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken) => CallAsync("find", () => inner.FindAsync(keys, CancellationToken.None));

    public ValueTask<IReadOnlyList<Record>> QueryAsync(Query query, CancellationToken cancellationToken) => CallAsync("query", () => inner.QueryAsync(query, CancellationToken.None));

    public async ValueTask WriteAsync(StorageBatch batch, CancellationToken cancellationToken) => await CallAsync("write", async () =>
    {
        if (faults.FailingWrites > 0)
        {
            faults.FailingWrites--;
            throw new SimulatedFaultException("The device's storage is full.");
        }
        await inner.WriteAsync(batch, CancellationToken.None).ConfigureAwait(false);
        return true;
    }).ConfigureAwait(false);

    public ValueTask<bool> TryBecomeWriterAsync(CancellationToken cancellationToken) => CallAsync("become writer", () => inner.TryBecomeWriterAsync(CancellationToken.None));

    public async ValueTask DeleteAsync(CancellationToken cancellationToken) => await CallAsync("delete", async () =>
    {
        await inner.DeleteAsync(CancellationToken.None).ConfigureAwait(false);
        return true;
    }).ConfigureAwait(false);

    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async ValueTask<T> CallAsync<T>(string what, Func<ValueTask<T>> call)
    {
        await StayAliveAsync().ConfigureAwait(false);
        var (diesBefore, diesAfter) = faults.CountCall();
        if (diesBefore) dies($"before {what}");
        await StayAliveAsync().ConfigureAwait(false);
        await clock.DelayAsync(Delay()).ConfigureAwait(false);
        await gate.PassAsync().ConfigureAwait(false);
        await StayAliveAsync().ConfigureAwait(false);
        called(what);
        var result = await call().ConfigureAwait(false);
        if (diesAfter) dies($"after {what}");
        await clock.DelayAsync(Delay()).ConfigureAwait(false);
        await gate.PassAsync().ConfigureAwait(false);
        await StayAliveAsync().ConfigureAwait(false);
        return result;
    }

    private TimeSpan Delay() => maxDelayMs == 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(random.Next(maxDelayMs));

    private Task StayAliveAsync() => _isDead ? new TaskCompletionSource().Task : Task.CompletedTask;
}
