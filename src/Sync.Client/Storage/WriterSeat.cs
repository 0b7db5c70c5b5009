namespace Sync.Client;

/// <summary>One of several clients on one storage keeps records on disk. The others ask now and then whether the place is free.</summary>
internal sealed class WriterSeat : IAsyncDisposable
{
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(3);

    private readonly HeartRooms _rooms;
    private readonly ITimer _ask;
    private Task _asking = Task.CompletedTask;

    public WriterSeat(HeartRooms rooms)
    {
        _rooms = rooms;
        _ask = rooms.Time.CreateTimer(_ => Ask(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public void Watch()
    {
        if (!_rooms.Writer.Changes.IsWriter) _ask.Change(AskEvery, Timeout.InfiniteTimeSpan);
    }

    public async ValueTask DisposeAsync()
    {
        await _ask.DisposeAsync().ConfigureAwait(false);
        await _asking.ConfigureAwait(false);
    }

    private void Ask() => _asking = AskAsync();

    private async Task AskAsync()
    {
        try
        {
            if (await _rooms.Storage.TryBecomeWriterAsync(CancellationToken.None).ConfigureAwait(false))
            {
                lock (_rooms.Gate) _rooms.Replica.StoreAll(_rooms.Date);
                await _rooms.Writer.FlushAsync().ConfigureAwait(false);
            }
        }
        catch (Exception fault) // A storage is an adapter's: it may throw anything, and is asked again.
        {
            _rooms.Log.ReadFailed(fault);
        }
        Watch();
    }
}
