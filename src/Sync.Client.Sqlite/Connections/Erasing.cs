namespace Sync.Client.Sqlite;

/// <summary>
/// Takes what was removed out of the bytes of the files. SQLite overwrites what it frees, but copies stay in two places: in the journal, until it is emptied, and in gaps of
/// pages whose content was moved about, until the file is rewritten. The journal is emptied within a second or two; a rewrite costs what all that is stored costs,
/// so it takes a bounded share of the time.
/// </summary>
internal sealed class Erasing : IDisposable
{
    /// <summary>From a removal to its erasure, and between two tries.</summary>
    public static readonly TimeSpan Delay = TimeSpan.FromSeconds(1);

    /// <summary>From the opening to the erasure of what a crash may have left.</summary>
    public static readonly TimeSpan DelayAfterOpening = TimeSpan.FromSeconds(10);

    /// <summary>The pause behind a rewrite, in times of what it took.</summary>
    private const int Rest = 200;

    private readonly StorageDatabase _database;
    private readonly TimeProvider _time;
    private readonly Lock _writing;
    private readonly ITimer _timer;

    // Under the lock of those who write.
    private readonly long _opened;
    private TimeSpan _mayRewrite;
    private bool _isOwing;
    private bool _isScheduled;
    private bool _isEnded;

    public Erasing(StorageDatabase database, Lock writing, TimeProvider time)
    {
        (_database, _writing, _time, _opened) = (database, writing, time, time.GetTimestamp());
        _isOwing = database.HadJournal;
        _timer = time.CreateTimer(_ => Elapsed(), null, _isOwing ? DelayAfterOpening : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private TimeSpan Now => _time.GetElapsedTime(_opened);

    /// <summary>Something was removed. Under the lock.</summary>
    public void Owe()
    {
        _isOwing = true;
        if (!_isScheduled) Schedule(Delay);
    }

    /// <summary>Erases at once, whatever it takes. Under the lock.</summary>
    public void Pay()
    {
        _isOwing = true;
        _mayRewrite = TimeSpan.Zero;
        Erase();
    }

    /// <summary>Erases what is owed, for the last time. Under the lock.</summary>
    public void End()
    {
        if (_isOwing && _isScheduled) Pay();
        Dispose();
    }

    public void Dispose()
    {
        _isEnded = true;
        _timer.Dispose();
    }

    private void Elapsed()
    {
        lock (_writing)
        {
            if (!_isEnded) Erase();
        }
    }

    private void Erase()
    {
        _isScheduled = false;
        if (_isOwing && Now >= _mayRewrite)
        {
            var started = _time.GetTimestamp();
            _isOwing = !_database.TryRewrite();
            _mayRewrite = Now + (_time.GetElapsedTime(started) * Rest);
        }
        var isEmpty = _database.TryEmptyJournal();
        if (!isEmpty) Schedule(Delay);
        else if (_isOwing) Schedule(_mayRewrite - Now > Delay ? _mayRewrite - Now : Delay);
    }

    private void Schedule(TimeSpan delay)
    {
        if (_isEnded) return;
        _isScheduled = true;
        _timer.Change(delay, Timeout.InfiniteTimeSpan);
    }
}
