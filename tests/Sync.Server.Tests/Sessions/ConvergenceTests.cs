namespace Sync.Server.Tests.Sessions;

[TestFixture]
public sealed class ConvergenceTests
{
    [Test]
    public async Task Any_run_of_changes_leaves_every_session_with_what_it_may_read_and_shows_it_nothing_else([Range(1, 25)] int seed)
    {
        var random = new Random(seed);
        await using var server = new TestServer(new SessionLimits { MaxPartRecords = random.Next(2, 8), LoadsAtOnce = random.Next(1, 4) });
        var board = new RandomBoard(server, random);
        var watchers = Enumerable.Range(0, 9).Select(i => new Watcher(server, board, RandomBoard.Users[i % 3], random)).ToList();

        for (var step = 0; step < 120; step++)
        {
            if (random.Next(6) == 0) server.Commits.Hold(() => Write(random.Next(1, 8)));
            else Write(1);
            foreach (var watcher in watchers.Where(_ => random.Next(3) == 0)) watcher.Act();
        }

        foreach (var watcher in watchers) watcher.CompareWithAFreshOne(server, $"seed {seed}");

        void Write(int times)
        {
            for (var i = 0; i < times; i++) board.Write();
        }
    }

    [Test]
    public async Task Every_checkpoint_is_the_state_of_one_revision([Range(1, 15)] int seed)
    {
        var random = new Random(seed);
        await using var server = new TestServer();
        var board = new RandomBoard(server, random) { MayChangeRights = false };
        using var seal = new TokenSeal(server.TokenKey);
        var sessions = RandomBoard.Users.Select(user => (User: user, Session: server.Connect(user, random.Next(2) == 0 ? null : 1))).ToArray();
        var compared = 0;
        foreach (var (user, session) in sessions)
        {
            var subscriptions = RandomBoard.Spaces.Select(space => (Space: space, Sub: session.Subscribe(Board.CardsOf(space)))).ToArray();
            _ = session.Received;
            session.Applied = checkpoint =>
            {
                Assert.That(seal.TryOpen(checkpoint.Token, out var revision, out _), "a checkpoint with rows has a token");
                foreach (var (space, sub) in subscriptions) Assert.That(session.Held(sub), Is.EqualTo(board.Expected(user, space, revision)), $"seed {seed}, {user}, {space} at {revision}");
                compared++;
            };
        }

        for (var step = 0; step < 100; step++)
        {
            if (random.Next(5) == 0) server.Commits.Hold(() => { for (var i = random.Next(1, 6); i > 0; i--) board.Write(); });
            else board.Write();
            foreach (var (_, session) in sessions.Where(_ => random.Next(4) == 0)) _ = session.Received;
        }
        foreach (var (_, session) in sessions) _ = session.Received;
        Assert.That(compared, Is.GreaterThan(20));
    }

    /// <summary>A session with subscriptions that come and go, on a socket that is read now and then.</summary>
    private sealed class Watcher
    {
        private readonly TestServer _server;
        private readonly RandomBoard _board;
        private readonly string _user;
        private readonly Random _random;
        private readonly Dictionary<long, Query> _open = [];
        private TestSession _session;

        public Watcher(TestServer server, RandomBoard board, string user, Random random)
        {
            (_server, _board, _user, _random) = (server, board, user, random);
            _session = Connect();
        }

        public void Act()
        {
            switch (_random.Next(12))
            {
                case 0 when _open.Count > 0:
                    var closed = _open.Keys.ElementAt(_random.Next(_open.Count));
                    _open.Remove(closed);
                    _session.Send(new ClientMessage.Unsubscribe(new SubscriptionId(closed)));
                    break;
                case 1 or 2: Subscribe(); break;
                case 3 when _random.Next(4) == 0:
                    _session.DisposeAsync().AsTask().Wait(TimeSpan.FromSeconds(10));
                    _open.Clear();
                    _session = Connect();
                    break;
                default: _ = _session.Received; break;
            }
        }

        public void CompareWithAFreshOne(TestServer server, string context)
        {
            _ = _session.Received;
            var fresh = server.Connect(_user);
            foreach (var (sub, query) in _open)
            {
                var other = fresh.Subscribe(query);
                _ = fresh.Received;
                Assert.That(_session.Held(sub), Is.EqualTo(fresh.Held(other)), $"{context}, {_user}, {query.Key}");
            }
            Assert.That(_session.Close, Is.Null);
        }

        private TestSession Connect()
        {
            var session = _server.Connect(_user, _random.Next(2) == 0 ? null : _random.Next(1, 3));
            session.Came = card => Assert.That(_board.WasReadable(_user, card), $"{_user} was never allowed to read {card}");
            for (var i = 0; i < 2; i++) Subscribe(session);
            return session;
        }

        private void Subscribe() => Subscribe(_session);

        private void Subscribe(TestSession session)
        {
            var space = RandomBoard.Spaces[_random.Next(3)];
            var query = _random.Next(4) switch
            {
                0 => Query.ForRecord(Ops.CardKey($"c{_random.Next(20):000}")),
                1 => Board.FirstCardsOf(space, _random.Next(1, 6)),
                _ => Board.CardsOf(space),
            };
            _open[session.Subscribe(query)] = query;
        }
    }
}
