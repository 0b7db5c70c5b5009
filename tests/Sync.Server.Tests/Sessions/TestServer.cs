using Microsoft.Extensions.Time.Testing;
using Sync.Testing;

namespace Sync.Server.Tests.Sessions;

/// <summary>A whole server on one thread and a clock that stands still: when a call returns, all that it brings about has happened.</summary>
internal sealed class TestServer : IAsyncDisposable
{
    private readonly List<TestSession> _sessions = [];
    private readonly RecordSource _source;
    private readonly TransactionProcessor _processor;
    private int _lastTransaction;

    public TestServer(SessionLimits? limits = null, Func<ITransactionStore, ITransactionStore>? wrap = null)
    {
        // With the context that NUnit sets, nothing would complete on the caller's stack.
        SynchronizationContext.SetSynchronizationContext(null);
        var options = new SyncServerOptions();
        FillRandom random = new Random(1).NextBytes;
        ITransactionStore store = new InMemoryStore(random);
        store = wrap?.Invoke(store) ?? store;
        var info = store.OpenAsync(Board.Model, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        PermissionRules[] rules =
        [
            new PermissionRules<Card>(Board.Model, new Board.CardRules()),
            new PermissionRules<Space>(Board.Model, new Board.SpaceRules()),
            new PermissionRules<Note>(Board.Model, new Board.NoteRules()),
        ];
        var book = new RuleBook(Board.Model, rules, Time, options.SlowRule, Log);
        _source = new RecordSource(Board.Model, store, info.Head, options, TaskCreationOptions.None);
        var judge = new Judge(Board.Model, book, _source);
        var decider = new Decider(Board.Model, book, store.Normalize, info.Cascades, options);
        _processor = new TransactionProcessor(decider, store, _source, judge, options, Time, random, TaskCreationOptions.None, Log);
        Sessions = new SessionHost(new ServerRooms(Board.Model, options, Time, random, Log, store, info, _source, judge, _processor) { RunsInline = true }, limits ?? new SessionLimits());
        TokenKey = info.TokenKey;
        Commits = new CommitGate(Sessions);
        _processor.Start(Commits);
    }

    /// <summary>Looked at when the test ends: there must be no errors but those that a test took out.</summary>
    public ErrorLog Log { get; } = new();
    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    public SessionHost Sessions { get; }
    public RecordSource Source => _source;
    public Judge Judge => Sessions.Context.Rooms.Judge;
    public ReadOnlyMemory<byte> TokenKey { get; }

    /// <summary>Begins the ids of its transactions: several servers of one store need several.</summary>
    public string Name { get; init; } = "app";

    /// <summary>Stands between the processor and the sessions.</summary>
    public CommitGate Commits { get; }
    public Router Router => Sessions.Context.Publisher.Router;

    /// <summary>A session of our protocol that has been welcomed.</summary>
    public TestSession Connect(string userId, int? capacity = null, Token token = default)
    {
        var session = Dial(userId, capacity);
        session.Send(new ClientMessage.Hello(ProtocolCodec.Version, $"client-{userId}-{_sessions.Count}", token));
        return session;
    }

    /// <summary>A connection on which nothing has been said yet.</summary>
    public TestSession Dial(string userId, int? capacity = null)
    {
        var (client, server) = InMemoryConnection.CreatePair(capacity);
        var session = new TestSession(client, Sessions.RunAsync(server, Caller.User(userId), DateTimeOffset.MaxValue, CancellationToken.None));
        _sessions.Add(session);
        return session;
    }

    /// <summary>Long enough that no session gets what was read for another.</summary>
    public void LetSharedResultsAge() => Time.Advance(SharedQueries.MaxAge + TimeSpan.FromSeconds(1));

    public WriteResult Write(params Operation[] operations)
    {
        var transaction = new Transaction { TxId = $"{Name}-{++_lastTransaction}", Operations = [.. operations] };
        var written = _processor.SubmitAsync(Caller.App("test"), transaction, null, CancellationToken.None);
        Assert.That(written.IsCompleted, "a write on one thread is done when its call returns");
        var result = written.Result;
        Assert.That(result.IsAccepted, $"{result.Receipt?.Code} {result.Receipt?.Message} {result.Refusal?.Message}");
        return result;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var session in _sessions) await session.DisposeAsync();
        await Sessions.DisposeAsync();
        await _processor.DisposeAsync();
        Assert.That(Log.Errors, Is.Empty);
    }
}
