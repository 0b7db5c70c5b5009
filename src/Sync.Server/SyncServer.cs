namespace Sync.Server;

/// <summary>The front door of the server: writes and reads under the rules, sessions, and the change feed.</summary>
public sealed class SyncServer : IAsyncDisposable
{
    private readonly SessionHost? _sessions = null;

    /// <summary>Opens the store and starts the loops. Called by the host; may be called by hand, more than once.</summary>
    public Task StartAsync(CancellationToken cancellationToken) => throw new NotImplementedException();

    public SyncModel Model => throw new NotImplementedException();

    /// <summary>Decides one transaction and waits until it is durable. A rejection is a value.</summary>
    public ValueTask<WriteResult> WriteAsync(Caller caller, Transaction transaction, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Builds a transaction through typed tables and writes it. <paramref name="build"/> may run more than once: what it asks for is loaded between.</summary>
    public ValueTask<WriteResult> WriteAsync(Caller caller, Action<TransactionBuilder> build, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>The records that there are and that the caller may read; all others are left out alike.</summary>
    public ValueTask<RecordMap> GetRecordsAsync(Caller caller, IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    public ValueTask<QueryResult> QueryAsync(Caller caller, Query query, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    public ServerTable<T> Table<T>() where T : class => throw new NotImplementedException();

    /// <summary>Accepted transactions after a revision, in order, for the app's own code: first from the log, then as they come.</summary>
    public IAsyncEnumerable<LogEntry> Changes(Revision after, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Speaks our protocol on a connection until it ends. Returns how it ended.</summary>
    public Task<TransportClose> RunSessionAsync(ITransportConnection connection, Caller caller, CancellationToken cancellationToken) => Sessions.RunAsync(connection, caller, cancellationToken);

    /// <summary>Closes every session of a user with code 4401.</summary>
    public ValueTask EndSessionsAsync(string userId) => Sessions.EndSessionsAsync(userId);

    private SessionHost Sessions => _sessions ?? throw new InvalidOperationException("The server is not started: call StartAsync first, or let the host start it.");

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}

/// <summary>Typed reads of one table, under a caller's rights.</summary>
public sealed class ServerTable<T> where T : class
{
    public ValueTask<T?> GetAsync(Caller caller, string id, CancellationToken cancellationToken = default) => throw new NotImplementedException();
    public ValueTask<IReadOnlyList<T>> WhereAsync<TValue>(Caller caller, System.Linq.Expressions.Expression<Func<T, TValue>> field, TValue value, CancellationToken cancellationToken = default) => throw new NotImplementedException();
}

/// <summary>A query's readable records, or why it was refused.</summary>
public sealed record QueryResult(IReadOnlyList<Record> Records, ApplyError? Error = null);

/// <summary>What became of a write: its receipt with the touched records that the author may read, or a transient refusal without a receipt.</summary>
public sealed record WriteResult
{
    public Receipt? Receipt { get; init; }

    /// <summary>The touched records as they are now, as far as the author may read them. On <c>version_conflict</c>: the current ones.</summary>
    public RecordMap Records { get; init; } = new();

    /// <summary>Touched records that are gone, or that the author may no longer read.</summary>
    public IReadOnlyList<RecordKey> Gone { get; init; } = [];

    /// <summary>The point of history at which it took effect; none for a rejection.</summary>
    public Revision Revision { get; init; }

    /// <summary>The revision at which <see cref="Records"/> and <see cref="Gone"/> were read: <see cref="Revision"/> or later.</summary>
    internal Revision ReadAt { get; init; }

    /// <summary>Set where nothing was decided and nothing is stored: 400 malformed, a foreign author, 401, 413, 429 or 503.</summary>
    public Refusal? Refusal { get; init; }

    public bool IsAccepted => Receipt?.IsAccepted == true;
}

/// <summary>Not decided and not stored: a code, a sentence, and when to come again (zero for never).</summary>
public sealed record Refusal(string Code, string Message, TimeSpan RetryAfter = default)
{
    public int Status => ErrorCodes.StatusOf(Code);
}
