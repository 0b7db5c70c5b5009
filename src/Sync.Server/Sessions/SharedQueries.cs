using System.Diagnostics.CodeAnalysis;

namespace Sync.Server;

/// <summary>
/// The store is asked once for what many sessions ask at the same time: the same query under the same conditions of the rules. Who comes while it is being read waits for it; who comes
/// within <see cref="MaxAge"/> gets the same rows, with what was committed since brought in. What each caller may read of them is not decided here.
/// </summary>
internal sealed class SharedQueries(RecordSource source, TimeProvider time, TaskCreationOptions completions)
{
    /// <summary>How long a result serves others: what was written to the database around us is seen after this, at the latest.</summary>
    public static readonly TimeSpan MaxAge = TimeSpan.FromSeconds(5);

    private const int MaxResults = 64;

    /// <summary>Rows of all results that are kept; one with more serves only those who waited for it.</summary>
    private const int MaxRows = 50_000;

    /// <summary>Changes that are kept to be brought in.</summary>
    private const int MaxChanges = 4096;

    private readonly Lock _gate = new();
    private readonly Dictionary<QueryKey, TaskCompletionSource<SharedResult>> _underWay = [];
    private readonly LinkedList<SharedResult> _oldestFirst = new();
    private readonly Queue<Commit> _recent = [];
    private Revision _coveredAfter = source.Head;
    private Revision _newest = source.Head;
    private int _rows;
    private int _changes;

    /// <summary>As <see cref="RecordSource.QueryAsync"/>, of at least the revision that the source has now.</summary>
    /// <param name="query">Its limit plays no part.</param>
    /// <param name="also">Conditions of the rules.</param>
    /// <param name="max">Most records.</param>
    /// <param name="isAsRead">The rows must be those of the store, with nothing brought in: they are to find out whether what was told differs from it.</param>
    /// <param name="cancellationToken">Gives up waiting. What is being read goes on for the others.</param>
    public async ValueTask<StoreQueryResult> QueryAsync(Query query, IReadOnlyList<QueryCondition> also, int max, bool isAsRead, CancellationToken cancellationToken)
    {
        var key = new QueryKey(query with { Limit = null, Where = [.. query.Where, .. also] }, max);
        var needed = source.Head;
        while (true)
        {
            var reading = JoinOrKept(key, needed, isAsRead, out var kept, out var isMine);
            if (kept is not null) return kept.Result;
            if (isMine) _ = ReadAsync(key, query, also, reading!);
            var read = await reading!.Task.WaitAsync(cancellationToken).ConfigureAwait(false);

            // What was read for another may have been read before this one came, and be older than what is known by now.
            if (isMine || read.Result.Revision >= needed) return read.Result;
        }
    }

    /// <summary>Takes in what was committed, in order.</summary>
    public void OnCommitted(IReadOnlyList<Commit> commits)
    {
        lock (_gate)
        {
            foreach (var commit in commits)
            {
                _recent.Enqueue(commit);
                _newest = commit.Revision;
                for (_changes += commit.Changes.Count; _changes > MaxChanges && _recent.TryDequeue(out var old); _changes -= old.Changes.Count) _coveredAfter = old.Revision;
            }
        }
    }

    /// <summary>The store changed in a way that was not told.</summary>
    public void OnSkipped(Revision head)
    {
        lock (_gate)
        {
            _oldestFirst.Clear();
            _recent.Clear();
            (_rows, _changes, _coveredAfter, _newest) = (0, 0, head, head);
        }
    }

    private TaskCompletionSource<SharedResult>? JoinOrKept(QueryKey key, Revision needed, bool isAsRead, out SharedResult? kept, out bool isMine)
    {
        lock (_gate)
        {
            isMine = false;
            if (TryKept(key, needed, out kept) && (kept.IsAsRead || !isAsRead)) return null;
            kept = null;
            if (_underWay.TryGetValue(key, out var reading)) return reading;
            isMine = true;
            return _underWay[key] = new TaskCompletionSource<SharedResult>(completions);
        }
    }

    // Never throws: what becomes of it is told by the task. It is nobody's alone, so nobody's giving up ends it.
    private async Task ReadAsync(QueryKey key, Query query, IReadOnlyList<QueryCondition> also, TaskCompletionSource<SharedResult> reading)
    {
        try
        {
            var askedAt = time.GetTimestamp();
            var result = await source.QueryAsync(query, also, key.Max, CancellationToken.None).ConfigureAwait(false);
            var read = new SharedResult(key, result, IsAsRead: true, askedAt);
            lock (_gate)
            {
                _underWay.Remove(key);
                Keep(read);
            }
            reading.SetResult(read);
        }
        catch (Exception fault) // A store may throw anything; all who wait are told.
        {
            lock (_gate) _underWay.Remove(key);
            reading.SetException(fault);
        }
    }

    private bool TryKept(QueryKey key, Revision needed, [NotNullWhen(true)] out SharedResult? kept)
    {
        while (_oldestFirst.First is { } oldest && time.GetElapsedTime(oldest.Value.AskedAt) > MaxAge) Drop(oldest);
        kept = null;
        var node = _oldestFirst.Last;
        while (node is not null && node.Value.Key != key) node = node.Previous;
        if (node is null) return false;
        if (node.Value.Result.Revision < needed)
        {
            if (_newest < needed || node.Value.Result.Revision < _coveredAfter || node.Value.With(_recent, _newest) is not { } brought)
            {
                Drop(node);
                return false;
            }
            _rows += brought.Result.Records.Count - node.Value.Result.Records.Count;
            node.Value = brought;
        }
        kept = node.Value;
        return true;
    }

    private void Keep(SharedResult read)
    {
        if (read.Result.Records.Count > MaxRows) return;
        for (var node = _oldestFirst.First; node is not null; node = node.Next)
        {
            if (node.Value.Key != read.Key) continue;
            Drop(node);
            break;
        }
        _oldestFirst.AddLast(read);
        _rows += read.Result.Records.Count;
        while (_rows > MaxRows || _oldestFirst.Count > MaxResults) Drop(_oldestFirst.First!);
    }

    private void Drop(LinkedListNode<SharedResult> node)
    {
        _oldestFirst.Remove(node);
        _rows -= node.Value.Result.Records.Count;
    }
}
