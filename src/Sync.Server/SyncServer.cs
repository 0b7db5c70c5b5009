using Microsoft.Extensions.Logging;

namespace Sync.Server;

/// <summary>The front door of the server: writes and reads under the rules, sessions, and the change feed.</summary>
public sealed class SyncServer : IAsyncDisposable
{
    private readonly ITransactionStore _store;
    private readonly SyncServerOptions _options;
    private readonly TimeProvider _time;
    private readonly FillRandom _random;
    private readonly ILoggerFactory _loggers;
    private readonly RuleBook _rules;
    private readonly TaskCreationOptions _completions;

    private readonly Lock _gate = new();
    private Task<RunningServer>? _start;
    private volatile bool _isStopping;

    internal SyncServer(
        SyncModel model,
        ITransactionStore store,
        IReadOnlyList<PermissionRules> rules,
        SyncServerOptions options,
        TimeProvider time,
        FillRandom random,
        ILoggerFactory loggers,
        TaskCreationOptions completions)
    {
        (Model, _store, _options, _time, _random, _loggers, _completions) = (model, store, options, time, random, loggers, completions);
        _rules = new RuleBook(model, rules, time, options.SlowRule, loggers.CreateLogger<RuleBook>());
    }

    public SyncModel Model { get; }

    /// <summary>
    /// How long the server has been deciding and committing the transactions that it is at; zero while there are none. For a health check: a rule that never ends
    /// and a store that never answers both show here, and neither can be stopped from outside.
    /// </summary>
    public TimeSpan BusyFor => TryGetRunning()?.Rooms.Processor.BusyFor ?? TimeSpan.Zero;

    /// <summary>True once it is going away: its sessions are sent away, and <c>MapSync</c> answers everything with 503.</summary>
    public bool IsStopping => _isStopping;

    internal ServerRooms Rooms => Running.Rooms;

    /// <summary>Opens the store and starts the loops. Called by the host; may be called by hand, more than once.</summary>
    /// <exception cref="StoreSetupException">The database does not fit the model.</exception>
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_start is null or { IsFaulted: true } or { IsCanceled: true }) _start = OpenAsync(cancellationToken);
            return _start;
        }
    }

    /// <summary>Decides one transaction and waits until it is durable. A rejection is a value.</summary>
    public ValueTask<WriteResult> WriteAsync(Caller caller, Transaction transaction, CancellationToken cancellationToken = default) =>
        Running.Rooms.Processor.SubmitAsync(caller, transaction, null, cancellationToken);

    /// <summary>Builds a transaction through typed tables and writes it. <paramref name="build"/> may run more than once: what it asks for is loaded between.</summary>
    public ValueTask<WriteResult> WriteAsync(Caller caller, Action<TransactionBuilder> build, CancellationToken cancellationToken = default) =>
        Running.BuiltWrites.WriteAsync(caller, build, cancellationToken);

    /// <summary>The records that there are and that the caller may read, soft-deleted ones left out; all others are left out alike.</summary>
    /// <exception cref="ArgumentException">More keys than <see cref="SyncServerOptions.MaxPointersPerRead"/>.</exception>
    public async ValueTask<RecordMap> GetRecordsAsync(Caller caller, IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken = default)
    {
        var wanted = keys.Where(key => Model.Find(key.Table) is { } table && (caller.IsApp || !table.IsServerOnly)).ToHashSet();
        if (wanted.Count > _options.MaxPointersPerRead) throw new ArgumentException($"One read may ask for {_options.MaxPointersPerRead} records, but {wanted.Count} were named.", nameof(keys));

        var readable = await Running.Rooms.Judge.ReadAsync(caller, wanted, cancellationToken).ConfigureAwait(false);
        return new RecordMap(readable.Records.Where(record => !Model.Find(record.Table)!.IsDeleted(record)));
    }

    public ValueTask<QueryResult> QueryAsync(Caller caller, Query query, CancellationToken cancellationToken = default) =>
        Running.Queries.QueryAsync(caller, query, cancellationToken);

    /// <summary>
    /// What happened to a record, newest first, from the change log. The record must be readable now (a deleted one by its last image), else the answer is that of a
    /// record that never was. Of each entry the sides are shown that the rules of now let the caller read; an entry without any is left out.
    /// </summary>
    /// <param name="cursor">Of the page before; null for the newest entries.</param>
    /// <param name="limit">Most entries of the page; null and what is above <see cref="SyncServerOptions.MaxHistoryEntriesPerPage"/> are that.</param>
    public ValueTask<HistoryResult> HistoryAsync(Caller caller, RecordKey key, string? cursor = null, int? limit = null, CancellationToken cancellationToken = default) =>
        Running.History.ReadAsync(caller, key, cursor, limit, cancellationToken);

    /// <summary>
    /// Why a caller may read a record or not: which rule decided, in how many rounds, and what it looked at. For the app's developers alone, never for the caller: it tells what the
    /// rules keep hidden. <c>ToString()</c> reads as a few lines.
    /// </summary>
    public ValueTask<ReadExplanation> ExplainAsync(Caller caller, RecordKey key, CancellationToken cancellationToken = default) => Running.Explainer.ReadAsync(caller, key, cancellationToken);

    /// <summary>What would become of a transaction if the caller sent it, and why. Nothing is written. For the app's developers alone, as the other.</summary>
    /// <param name="caller">Who would write.</param>
    /// <param name="build">As for <see cref="WriteAsync(Caller, Action{TransactionBuilder}, CancellationToken)"/>; it sees records that the caller may not.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask<WriteExplanation> ExplainAsync(Caller caller, Action<TransactionBuilder> build, CancellationToken cancellationToken = default) =>
        Running.Explainer.WriteAsync(caller, build, cancellationToken);

    /// <exception cref="ArgumentException">The type serves no table.</exception>
    public ServerTable<T> Table<T>() where T : class => new(this, Model.TableOf<T>());

    /// <summary>
    /// Accepted transactions after a revision, in order, for the app's own code: first from the log, then as they come. The enumeration throws
    /// <see cref="LogTrimmedException"/> where the log does not reach back that far.
    /// </summary>
    public IAsyncEnumerable<LogEntry> Changes(Revision after, CancellationToken cancellationToken = default) => Running.Changes.ReadAsync(after, cancellationToken);

    /// <summary>Speaks our protocol on a connection until it ends. Returns how it ended.</summary>
    public Task<TransportClose> RunSessionAsync(ITransportConnection connection, Caller caller, CancellationToken cancellationToken) =>
        RunSessionAsync(connection, caller, DateTimeOffset.MaxValue, cancellationToken);

    /// <param name="connection">The connection, made already.</param>
    /// <param name="caller">Who is signed in.</param>
    /// <param name="expires">When the sign-in ends: the session is then closed with code 4401, and nothing more is told or taken in.</param>
    /// <param name="cancellationToken">Ends the session.</param>
    /// <inheritdoc cref="RunSessionAsync(ITransportConnection, Caller, CancellationToken)"/>
    public Task<TransportClose> RunSessionAsync(ITransportConnection connection, Caller caller, DateTimeOffset expires, CancellationToken cancellationToken) =>
        Running.Sessions.RunAsync(connection, caller, expires, cancellationToken);

    /// <summary>What is wrong with the server, if anything is: for a health check.</summary>
    /// <param name="maxBusy">A <see cref="BusyFor"/> above this is <see cref="ServerFaults.Stuck"/>.</param>
    /// <param name="maxStoreTime">How long the store may take to answer a small read that no cache serves.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public ValueTask<ServerFaults> CheckAsync(TimeSpan maxBusy, TimeSpan maxStoreTime, CancellationToken cancellationToken = default) =>
        TryGetRunning() is { } running ? running.Vitals.CheckAsync(_isStopping, maxBusy, maxStoreTime, cancellationToken) : new(ServerFaults.NotStarted);

    /// <summary>Closes every session of a user with code 4401: here at once, and on other nodes of the same store as soon as they read its change log.</summary>
    /// <exception cref="TimeoutException">The store could not be written, so other nodes do not know: call again.</exception>
    public ValueTask EndSessionsAsync(string userId) => Running.SessionEnding.EndAsync(userId);

    /// <summary>Ends the sessions, decides what waits, and closes the store.</summary>
    public async ValueTask DisposeAsync()
    {
        _isStopping = true;
        if (TryGetRunning() is { } running)
        {
            await running.EndSessionsAsync().ConfigureAwait(false);
            await running.Rooms.Processor.DisposeAsync().ConfigureAwait(false);
        }
        await _store.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Says goodbye to every session. The rest goes on.</summary>
    internal ValueTask EndAllSessionsAsync()
    {
        _isStopping = true;
        return TryGetRunning()?.EndSessionsAsync() ?? ValueTask.CompletedTask;
    }

    /// <summary>Has every subscription read again now, so that its digest goes to its client: for a simulator, which need not wait for it.</summary>
    internal void VerifyNow() => Running.Sessions.VerifyNow();

    private RunningServer Running => TryGetRunning() ?? throw new InvalidOperationException("The server is not started: call StartAsync first, or let the host start it.");

    private RunningServer? TryGetRunning()
    {
        lock (_gate) return _start is { IsCompletedSuccessfully: true } ? _start.Result : null;
    }

    private async Task<RunningServer> OpenAsync(CancellationToken cancellationToken)
    {
        var logger = _loggers.CreateLogger<SyncServer>();
        var info = await _store.OpenAsync(Model, cancellationToken).ConfigureAwait(false);
        logger.StoreOpened(info.Head.Value, Model.Tables.Length);
        foreach (var table in _rules.TablesWithoutRule) logger.NoRule(table.Name, table.RecordType.Name);

        var source = new RecordSource(Model, _store, info.Head, _options, _completions);
        var judge = new Judge(Model, _rules, source);
        var decider = new Decider(Model, _rules, _store.Normalize, info.Cascades, _options);
        var processor = new TransactionProcessor(decider, _store, source, judge, _options, _time, _random, _completions, _loggers.CreateLogger<TransactionProcessor>());
        var rooms = new ServerRooms(Model, _options, _time, _random, _loggers, _store, info, source, judge, processor) { RunsInline = _completions == TaskCreationOptions.None };
        var sessions = new SessionHost(rooms);
        processor.Start(sessions, info.IsShared);
        var built = new BuiltWrites(Model, judge, processor, _options, _time, _random);
        return new RunningServer(
            rooms,
            sessions,
            built,
            new QueryReader(Model, source, judge, _options),
            new HistoryReader(Model, source, judge, new HistoryCursors(info.TokenKey), _options),
            new Explainer(Model, _rules, source, decider, built, _time),
            new ChangeFeed(_store, source),
            new Vitals(_store, source, processor, _time));
    }
}
