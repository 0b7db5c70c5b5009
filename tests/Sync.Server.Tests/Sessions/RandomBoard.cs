namespace Sync.Server.Tests.Sessions;

/// <summary>
/// Writes at random and remembers what every user might read at every revision: what a session got is compared with that.
/// </summary>
internal sealed class RandomBoard
{
    private readonly TestServer _server;
    private readonly Random _random;
    private readonly Dictionary<string, (string Space, long Version, bool IsDeleted)> _cards = [];
    private readonly Dictionary<string, HashSet<string>> _members = [];
    private readonly Dictionary<long, IReadOnlyList<(string Space, string Id, long Version, string Readers)>> _history = [];
    private readonly HashSet<(string User, string Id, long Version)> _everReadable = [];
    private int _lastCard;

    public RandomBoard(TestServer server, Random random)
    {
        (_server, _random) = (server, random);
        foreach (var space in Spaces)
        {
            _members[space] = [.. Users.Where(_ => random.Next(3) > 0)];
            Write(Ops.Space(space, [.. _members[space]]));
        }
        for (var i = 0; i < 12; i++) Create();
    }

    public static IReadOnlyList<string> Users { get; } = ["u0", "u1", "u2"];
    public static IReadOnlyList<string> Spaces { get; } = ["s0", "s1", "s2"];

    public bool MayChangeRights { get; init; } = true;

    public void Write()
    {
        switch (_random.Next(MayChangeRights ? 10 : 8))
        {
            case 0: Create(); break;
            case 1: Each(1, Move); break;
            case 2: Each(1, Delete); break;
            case 3: Each(3, Move); break;
            case 4 or 5 or 6: Each(1, Rename); break;
            case 7: Each(4, Rename); break;
            case 8: Write(Toggle(Pick(Spaces), Pick(Users))); break;
            default: Write(Toggle(Pick(Spaces), Pick(Users)), Rename(Pick(_cards.Keys.Order(StringComparer.Ordinal).ToArray()))); break;
        }
    }

    public bool WasReadable(string user, Record card) => _everReadable.Contains((user, card.Id, card.Version));

    /// <summary>The readable cards of a space at a revision, as <see cref="TestSession.Held"/> writes them.</summary>
    public string Expected(string user, string space, Revision at) =>
        string.Join(' ', _history[at.Value].Where(c => c.Space == space && c.Readers.Contains(user, StringComparison.Ordinal)).OrderBy(c => c.Id, StringComparer.Ordinal).Select(c => $"{c.Id}@{c.Version}"));

    private void Create()
    {
        var id = $"c{_lastCard++:000}";
        var space = Pick(Spaces);
        _cards[id] = (space, 1, false);
        Write(Ops.Card(id, space, rank: _random.Next(50)));
    }

    // Each operation notes what it does before the transaction is written: nothing here is ever rejected.
    private void Each(int most, Func<string, Operation> change)
    {
        var ids = _cards.Keys.Order(StringComparer.Ordinal).ToArray();
        Write([.. Enumerable.Range(0, _random.Next(1, most + 1)).Select(_ => Pick(ids)).Distinct().Select(change)]);
    }

    private Operation Rename(string id)
    {
        Count(id, c => c);
        return _random.Next(5) switch
        {
            0 or 1 => Ops.Rename(id, $"title {_random.Next()}"),
            2 or 3 => Ops.Set(id, "rank", $"{_random.Next(50)}"),
            _ => Ops.Set(id, "hidden", $"\"{Board.HiddenText}{_random.Next()}\""),
        };
    }

    private Operation Move(string id)
    {
        var space = Pick(Spaces);
        Count(id, c => c with { Space = space });
        return Ops.Set(id, "workspaceId", $"\"{space}\"");
    }

    private Operation Delete(string id)
    {
        if (_cards[id].IsDeleted)
        {
            Count(id, c => c with { IsDeleted = false });
            return new Operation.Restore(Ops.CardKey(id));
        }
        Count(id, c => c with { IsDeleted = true });
        return Ops.Delete(id);
    }

    private Operation Toggle(string space, string user)
    {
        if (_members[space].Remove(user)) return Ops.Leave(space, user);
        _members[space].Add(user);
        return Ops.Join(space, user);
    }

    private void Count(string id, Func<(string Space, long Version, bool IsDeleted), (string Space, long Version, bool IsDeleted)> change)
    {
        var card = change(_cards[id]);
        _cards[id] = card with { Version = card.Version + 1 };
    }

    private void Write(params Operation[] operations)
    {
        var revision = _server.Write(operations).Revision;
        var state = new List<(string, string, long, string)>();
        foreach (var (id, card) in _cards)
        {
            var readers = _members.GetValueOrDefault(card.Space) ?? [];
            foreach (var user in readers) _everReadable.Add((user, id, card.Version));
            if (!card.IsDeleted) state.Add((card.Space, id, card.Version, string.Join(' ', readers)));
        }
        _history[revision.Value] = state;
    }

    private T Pick<T>(IReadOnlyList<T> from) => from[_random.Next(from.Count)];
}
