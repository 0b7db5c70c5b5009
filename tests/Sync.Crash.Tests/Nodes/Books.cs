using System.Diagnostics;

namespace Sync.Crash.Tests;

/// <summary>What all writers and readers of a run remember, by one clock, and how long they had to wait.</summary>
internal sealed class Books
{
    private readonly Lock _gate = new();
    private readonly List<Attempt> _writes = [];
    private readonly List<Seen> _looks = [];
    private readonly List<(int Count, TaskCompletionSource Reached)> _waits = [];
    private readonly long _started = Stopwatch.GetTimestamp();
    private long _lastAccepted;
    private long _longestSilence;
    private int _acknowledged;
    private int _retries;
    private int _marks;

    /// <summary>Microseconds.</summary>
    public long Now => (Stopwatch.GetTimestamp() - _started) / (Stopwatch.Frequency / 1_000_000);

    public IReadOnlyList<Attempt> Writes => _writes;

    public IReadOnlyList<Seen> Looks => _looks;

    public int Acknowledged => _acknowledged;

    /// <summary>Dials, requests and transactions that were tried again.</summary>
    public int Retries => _retries;

    /// <summary>The longest time in which no writer at all was acknowledged.</summary>
    public TimeSpan LongestSilence => TimeSpan.FromMicroseconds(_longestSilence);

    /// <summary>From here on silence counts.</summary>
    public void Open()
    {
        lock (_gate) _lastAccepted = Now;
    }

    public string NewMark() => $"m:{Interlocked.Increment(ref _marks)}";

    public Attempt Begin(string writer, string mark, IReadOnlyList<RecordVersion>? read = null)
    {
        var written = new Attempt(writer, mark, Now) { Read = read ?? [] };
        lock (_gate) _writes.Add(written);
        return written;
    }

    public void End(Attempt written, bool isAccepted, IReadOnlyList<VersionStep>? versions = null)
    {
        lock (_gate)
        {
            (written.Ended, written.Versions) = (Now, versions ?? []);
            written.Outcome = isAccepted ? Outcome.Accepted : Outcome.Rejected;
            _longestSilence = Math.Max(_longestSilence, written.Ended - _lastAccepted);
            _lastAccepted = written.Ended;
            _acknowledged++;
            foreach (var wait in _waits) if (wait.Count <= _acknowledged) wait.Reached.TrySetResult();
            _waits.RemoveAll(wait => wait.Count <= _acknowledged);
        }
    }

    /// <summary>Never sent, because the writer's own copy says that it cannot be.</summary>
    public void Withdraw(Attempt written)
    {
        lock (_gate) _writes.Remove(written);
    }

    public void Look(Seen seen)
    {
        lock (_gate) _looks.Add(seen);
    }

    public void Retry() => Interlocked.Increment(ref _retries);

    /// <summary>Until so many more are acknowledged.</summary>
    public Task ReachAsync(int more, CancellationToken patience)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate) _waits.Add((_acknowledged + more, reached));
        return reached.Task.WaitAsync(patience);
    }
}
