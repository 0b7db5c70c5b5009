namespace Sync.Server;

/// <summary>What a health check looks at.</summary>
internal sealed class Vitals(ITransactionStore store, RecordSource source, TransactionProcessor processor, TimeProvider time)
{
    private readonly Lock _gate = new();
    private Task? _read;

    public async ValueTask<ServerFaults> CheckAsync(bool isStopping, TimeSpan maxBusy, TimeSpan maxStoreTime, CancellationToken cancellationToken)
    {
        var faults = isStopping ? ServerFaults.Stopping : ServerFaults.None;
        if (processor.BusyFor > maxBusy) faults |= ServerFaults.Stuck;
        if (!await AnswersAsync(maxStoreTime, cancellationToken).ConfigureAwait(false)) faults |= ServerFaults.StoreSilent;
        return faults;
    }

    private async ValueTask<bool> AnswersAsync(TimeSpan maxStoreTime, CancellationToken cancellationToken)
    {
        try
        {
            await Read().WaitAsync(maxStoreTime, time, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception fault) when (fault is not OperationCanceledException) // Too late, or whatever a store may throw.
        {
            return false;
        }
    }

    // One at a time: a store that does not answer is not asked again and again.
    private Task Read()
    {
        lock (_gate) return _read is { IsCompleted: false } ? _read : _read = store.ReadLogAsync(source.Head, 1, CancellationToken.None).AsTask();
    }
}
