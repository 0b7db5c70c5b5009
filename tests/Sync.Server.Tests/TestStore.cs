namespace Sync.Server.Tests;

/// <summary>A store in memory that does to commits and reads what a test tells it to.</summary>
internal sealed class TestStore(IReadOnlyList<StoreCascade>? cascades = null, InMemoryStore? inner = null) : ITransactionStore
{
    private readonly InMemoryStore _inner = inner ?? new(new Random(1).NextBytes);

    /// <summary>Answers to coming commits, one each; those after them go through. An answer may do the commit itself.</summary>
    public Queue<Func<CommitBatch, Task<CommitAnswer>>> OnCommit { get; } = new();

    /// <summary>Faults of coming reads, one each.</summary>
    public Queue<Exception> OnRead { get; } = new();

    /// <summary>Faults of coming reads of the log, one each.</summary>
    public Queue<Exception> OnReadLog { get; } = new();

    /// <summary>Awaited by each load of records.</summary>
    public Func<IReadOnlyCollection<RecordKey>, Task> OnLoad { get; set; } = _ => Task.CompletedTask;

    public List<CommitBatch> Commits { get; } = [];

    /// <summary>Whether others may write to it: then it has turns, and hints.</summary>
    public bool IsShared { get; init; }

    public TestTurns Turns { get; } = new();

    private readonly List<Action> _watchers = [];

    /// <summary>Tells a server, by the order in which they were started, that the log may have grown.</summary>
    public void Hint(int server) => _watchers[server]();

    public int LogReads { get; private set; }
    public int Loads { get; private set; }
    public int Queries { get; private set; }

    public Func<RecordKey, CanonicalJson, NormalizeResult>? OnNormalize { get; set; }

    public ValueTask<CommitAnswer> CommitThroughAsync(CommitBatch batch) => _inner.CommitAsync(batch, default);

    public void AnswerNextCommit(CommitAnswer answer) => OnCommit.Enqueue(_ => Task.FromResult(answer));

    /// <summary>Holds the next commit until told to go on.</summary>
    public TaskCompletionSource HoldNextCommit()
    {
        var gate = new TaskCompletionSource();
        OnCommit.Enqueue(async batch =>
        {
            await gate.Task;
            return await CommitThroughAsync(batch);
        });
        return gate;
    }

    public Exception? OnOpen { get; set; }

    public async ValueTask<StoreInfo> OpenAsync(SyncModel model, CancellationToken cancellationToken) =>
        OnOpen is null ? await _inner.OpenAsync(model, cancellationToken) with { Cascades = cascades ?? [], IsShared = IsShared } : throw OnOpen;

    public async ValueTask<StoreSnapshot> LoadAsync(IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken)
    {
        Loads++;
        ThrowIfTold();
        var snapshot = await _inner.LoadAsync(keys, cancellationToken);
        await OnLoad(keys);
        return snapshot;
    }

    /// <summary>Awaited by each query, behind it.</summary>
    public Func<Task> OnQuery { get; set; } = () => Task.CompletedTask;

    public async ValueTask<StoreQueryResult> QueryAsync(StoreQuery query, CancellationToken cancellationToken)
    {
        Queries++;
        ThrowIfTold();
        var result = await _inner.QueryAsync(query, cancellationToken);
        await OnQuery();
        return result;
    }

    /// <summary>Each awaited by one coming read of a client's position, behind it.</summary>
    public Queue<Func<Task>> OnClientRead { get; } = new();

    public async ValueTask<IReadOnlyList<StoredReceipt>> FindReceiptsAsync(IReadOnlyCollection<TransactionId> ids, CancellationToken cancellationToken)
    {
        ThrowIfTold();
        ReceiptReads++;
        return await _inner.FindReceiptsAsync(ids, cancellationToken);
    }

    public int ReceiptReads { get; private set; }

    public async ValueTask<ClientPosition?> FindClientAsync(string clientId, CancellationToken cancellationToken)
    {
        ThrowIfTold();
        var found = await _inner.FindClientAsync(clientId, cancellationToken);
        if (OnClientRead.TryDequeue(out var others)) await others();
        return found;
    }

    public async ValueTask<CommitAnswer> CommitAsync(CommitBatch batch, CancellationToken cancellationToken)
    {
        await Turns.WaitAsync();
        return await AnswerAsync(batch);
    }

    public async ValueTask<ICommitTurn?> TakeTurnAsync(CancellationToken cancellationToken)
    {
        if (!IsShared) return null;
        await Turns.TakeAsync();
        var head = (await _inner.ReadLogAsync(Revision.None, 0, cancellationToken)).Head;
        return new TestTurn(Turns, head, AnswerAsync);
    }

    public void Watch(Action mayHaveGrown) => _watchers.Add(mayHaveGrown);

    private async Task<CommitAnswer> AnswerAsync(CommitBatch batch)
    {
        Commits.Add(batch);
        return OnCommit.TryDequeue(out var answer) ? await answer(batch) : await _inner.CommitAsync(batch, default);
    }

    /// <summary>Awaited by each read of the log, behind it.</summary>
    public Func<Task> OnLogRead { get; set; } = () => Task.CompletedTask;

    public async ValueTask<LogPage> ReadLogAsync(Revision after, int maxEntries, CancellationToken cancellationToken)
    {
        LogReads++;
        if (OnReadLog.TryDequeue(out var fault)) throw fault;
        var page = await _inner.ReadLogAsync(after, maxEntries, cancellationToken);
        await OnLogRead();
        return page;
    }

    /// <summary>Awaited by each read of a history, behind it.</summary>
    public Func<Task> OnHistory { get; set; } = () => Task.CompletedTask;

    public async ValueTask<RecordHistory> ReadHistoryAsync(RecordKey key, Revision? before, int maxEntries, CancellationToken cancellationToken)
    {
        var history = await _inner.ReadHistoryAsync(key, before, maxEntries, cancellationToken);
        await OnHistory();
        return history;
    }

    public NormalizeResult Normalize(RecordKey key, CanonicalJson fields, DateTimeOffset now) => OnNormalize?.Invoke(key, fields) ?? _inner.Normalize(key, fields, now);

    /// <summary>Awaited when it is closed, in place of closing what is inside.</summary>
    public Func<Task>? OnClose { get; set; }

    public ValueTask DisposeAsync() => OnClose is null ? _inner.DisposeAsync() : new(OnClose());

    private void ThrowIfTold()
    {
        if (OnRead.TryDequeue(out var fault)) throw fault;
    }
}
