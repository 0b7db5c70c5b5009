using FsCheck;
using FsCheck.Fluent;

namespace Sync.Server.Tests.Sessions;

/// <summary>
/// Any state of the server, any state that a client may be in, with a token or without, with changes at any moment of the catch-up: in the end the client holds the server's
/// result to the byte, and was sent nothing that it had.
/// </summary>
public sealed class CatchUpPropertyTests
{
    [Test]
    public void Whatever_a_client_held_it_ends_with_the_result_and_is_sent_nothing_twice()
    {
        var runs = from seed in Gen.Choose(0, int.MaxValue - 1) from size in Gen.Elements(0, 1, 5, 63, 70, 400) select (seed, size);
        Prop.ForAll(Arb.From(runs), run => new Run(run.seed, run.size).Holds()).Check(Config.QuickThrowOnFailure.WithMaxTest(150));
    }

    /// <summary>One life: rows are made, a client loads them or makes them up, the server goes on, the client comes back.</summary>
    private sealed class Run
    {
        private const string Space = "demo";

        private readonly Random _random;
        private readonly TestServer _server;
        private readonly Query _query;
        private readonly List<string> _ids = [];
        private readonly bool _mayLoseRights;
        private bool _isMember = true;
        private int _writes;

        public Run(int seed, int size)
        {
            _random = new Random(seed);
            var limits = new SessionLimits { MaxPartRecords = Pick(5, 50, 500) };
            _server = new TestServer(limits, wrap: _ => new InMemoryStore(new Random(seed).NextBytes, Pick(5, 1000)));
            _mayLoseRights = OneIn(4);
            _server.Write(Ops.Space(Space, "alice"), Ops.Space("other", "carol"));
            for (var i = 0; i < size; i++) _ids.Add($"c{i:000}");
            foreach (var some in _ids.Chunk(100)) _server.Write([.. some.Select(id => Ops.Card(id, Space, rank: _random.Next(1000)))]);
            _query = OneIn(3) ? Board.FirstCardsOf(Space, _random.Next(1, size + 10)) : Board.CardsOf(Space);
        }

        public bool Holds()
        {
            var first = _server.Connect("alice");
            var held = first.Records(first.Subscribe(_query));
            var token = first.Checkpoints[^1].Token;
            first.DisposeAsync().AsTask().Wait();
            for (var i = _random.Next(12); i > 0; i--) Write();
            if (OneIn(2)) held = Spoil(held);

            var session = _server.Connect("alice", OneIn(2) ? null : _random.Next(1, 3), OneIn(5) ? new Token("nonsense") : OneIn(2) ? token : Token.None);
            session.Answers = compare =>
            {
                if (OneIn(2)) Write();
                session.Send(session.AnswerTo(compare));
                if (OneIn(2)) Write();
                return null;
            };
            session.Came = record => Assert.That(record.Fields["workspaceId"].AsString(), Is.EqualTo(Space), "what is not of the query never comes");
            long sub = 0;
            if (OneIn(3)) _server.Commits.Hold(() => { Write(); sub = session.Subscribe(_query, held, OneIn(2) ? token : Token.None); Write(); });
            else sub = session.Subscribe(_query, held, OneIn(2) ? token : Token.None);
            for (var i = _random.Next(4); i > 0; i--)
            {
                if (OneIn(2)) _ = session.Received;
                Write();
                if (OneIn(3)) _server.Sessions.VerifyNow();
            }

            var ended = Text(session.Records(sub));
            Assert.That(session.Received.OfType<ServerMessage.Error>(), Is.Empty);
            Assert.That(session.Close, Is.Null);
            Assert.That(ended, Is.EqualTo(Text(ClaimTests.Fresh(_server, _query))));
            // A row that leaves a window and comes back by a refill before either is sent is sent again; rights that come and go have everything sent again.
            if (held.Count > 0 && !_mayLoseRights && _query.Limit is null) Assert.That(session.Needless, Is.Empty);
            Assert.That(session.Received.OfType<ServerMessage.Compare>().Count(), Is.LessThan(200));
            _server.DisposeAsync().AsTask().Wait();
            return true;
        }

        private void Write()
        {
            _writes++;
            if (_mayLoseRights && OneIn(4))
            {
                _server.Write(_isMember ? Ops.Leave(Space, "alice") : Ops.Join(Space, "alice"));
                _isMember = !_isMember;
                return;
            }
            _server.Write([.. Enumerable.Range(0, _random.Next(1, OneIn(8) ? 40 : 4)).Select(_ => Change()).DistinctBy(o => o.Key)]);
        }

        private Operation Change()
        {
            if (_ids.Count == 0 || OneIn(4))
            {
                var id = $"new{_writes}-{_random.Next(1000)}-{_ids.Count}";
                _ids.Add(id);
                return Ops.Card(id, OneIn(4) ? "other" : Space, rank: _random.Next(1000));
            }
            var any = _ids[_random.Next(_ids.Count)];
            if (OneIn(6)) return Ops.Set(any, "workspaceId", OneIn(2) ? "\"other\"" : $"\"{Space}\"");
            if (OneIn(6)) return Ops.Set(any, "deleted", OneIn(2) ? "\"2026-01-02T03:04:05.000000Z\"" : "null");
            return OneIn(2) ? Ops.Rename(any, $"title {_random.Next()}") : Ops.Set(any, "rank", $"{_random.Next(1000)}");
        }

        private IReadOnlyList<Record> Spoil(IReadOnlyList<Record> held)
        {
            var spoilt = new List<Record>();
            var ill = OneIn(3) ? 2 : 20;
            foreach (var record in held)
            {
                if (!OneIn(ill)) spoilt.Add(record);
                else if (OneIn(2)) spoilt.Add(new Record(record.Key, Math.Max(1, record.Version + _random.Next(-2, 3)), Ops.Json($$"""{"title":"{{_random.Next()}}"}""")));
            }
            for (var i = OneIn(3) ? _random.Next(OneIn(4) ? 200 : 5) : 0; i > 0; i--) spoilt.Add(new Record(Ops.CardKey($"extra{i}"), 1, Ops.Json("""{"title":"extra"}""")));
            return spoilt;
        }

        private bool OneIn(int n) => _random.Next(n) == 0;
        private int Pick(params int[] from) => from[_random.Next(from.Length)];

        private static string Text(IEnumerable<Record> records) => string.Join('\n', records.Select(r => $"{r} {r.Fields}"));
    }
}
