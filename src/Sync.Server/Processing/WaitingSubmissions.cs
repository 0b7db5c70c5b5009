using System.Threading.Channels;

namespace Sync.Server;

/// <summary>Transactions from the call that brings them until the loop takes them, at most so many, and whether somebody asks the loop to look at the store's log.</summary>
internal sealed class WaitingSubmissions(int max)
{
    /// <summary>What may be decided, in order. Null asks to look at the log.</summary>
    private readonly Channel<Submission?> _ready = Channel.CreateBounded<Submission?>(new BoundedChannelOptions(max + 1) { SingleReader = true, AllowSynchronousContinuations = true });
    private int _count;
    private int _mustLook;

    /// <summary>How many could be taken now.</summary>
    public int ReadyCount => _ready.Reader.Count;

    /// <summary>Makes room for one more; false where there is none.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _count) <= max)
        {
            SyncDiagnostics.Waiting.Add(1);
            return true;
        }

        Interlocked.Decrement(ref _count);
        return false;
    }

    /// <summary>Says that one which has entered may be decided; false behind the end.</summary>
    public bool TryAdd(Submission submission) => _ready.Writer.TryWrite(submission);

    /// <summary>Called from anywhere, however often: one stands among the others at most, so that they take no transaction's room.</summary>
    public void LookAtLog()
    {
        if (Interlocked.Exchange(ref _mustLook, 1) == 0) _ready.Writer.TryWrite(null);
    }

    public void End() => _ready.Writer.TryComplete();

    /// <summary>Waits until there is something; false behind the end.</summary>
    public ValueTask<bool> WaitAsync() => _ready.Reader.WaitToReadAsync();

    /// <summary>Takes what may be decided, at most so many. Tells whether somebody asked to look at the log: who asks from here on may mean what is not in the answer.</summary>
    public IReadOnlyList<Submission> Take(int most, out bool mustLook)
    {
        mustLook = false;
        var taken = new List<Submission>();
        while (taken.Count < most && _ready.Reader.TryRead(out var next))
        {
            if (next is not null)
            {
                taken.Add(next);
                continue;
            }

            mustLook = true;
            Interlocked.Exchange(ref _mustLook, 0);
        }

        Interlocked.Add(ref _count, -taken.Count);
        SyncDiagnostics.Waiting.Add(-taken.Count);
        return taken;
    }
}
