namespace Sync.Client;

/// <summary>The queries whose records are on disk, and up to where in the server's history each is. Tokens are hints: what counts is what a digest says.</summary>
internal sealed class StoredQueries(StorageChanges storage)
{
    private readonly OrderedDictionary<Query, StoredSubscription> _byQuery = [];

    /// <summary>The newest place in the server's history that this device knows.</summary>
    public Token Newest { get; private set; }

    public int Count => _byQuery.Count;
    public IReadOnlyCollection<StoredSubscription> All => _byQuery.Values;
    public long Records => _byQuery.Values.Sum(stored => (long)stored.Records);

    public void Load(StoredState state)
    {
        Newest = new Token(state.Token!);
        _byQuery.Clear();
        foreach (var stored in state.Subscriptions) _byQuery[stored.Query] = stored;
        Freeze();
    }

    public bool Contains(Query query) => _byQuery.ContainsKey(query);

    public Token TokenOf(Query query) => _byQuery.TryGetValue(query, out var stored) ? new Token(stored.Token!) : Token.None;

    /// <summary>Whether a stored query would have the record. A window might, as long as its conditions hold.</summary>
    public bool Covers(Record record)
    {
        foreach (var query in _byQuery.Keys)
        {
            if (query.Matches(record)) return true;
        }
        return false;
    }

    /// <summary>Whether a stored query surely has the record, so that the server tells when it may no longer be read. A window may lack it.</summary>
    public bool Watches(Record record)
    {
        foreach (var query in _byQuery.Keys)
        {
            if (query.Limit is null && query.Matches(record)) return true;
        }
        return false;
    }

    /// <summary>The query is current: from here on it is as far as the newest checkpoint.</summary>
    public void Follow(QueryRows rows, DateTimeOffset now) =>
        Put(new StoredSubscription(rows.Query, null, true, rows.HeldCount, rows.IsCheck && _byQuery.TryGetValue(rows.Query, out var known) ? known.LastUsed : now));

    public void Reach(Token token)
    {
        if (token.IsNone) return;
        Newest = token;
        storage.Reach(token.Value);
    }

    /// <summary>No query follows the newest checkpoint any more: each keeps the place where it is.</summary>
    public void Freeze()
    {
        foreach (var stored in _byQuery.Values.Where(stored => stored.IsFollowing).ToArray()) Freeze(stored);
    }

    public void Freeze(QueryRows rows)
    {
        if (_byQuery.TryGetValue(rows.Query, out var stored) && stored.IsFollowing) Freeze(stored with { Records = rows.HeldCount });
    }

    public void Drop(Query query)
    {
        if (_byQuery.Remove(query)) storage.Put(query, null);
    }

    /// <summary>The server has another history: no place in the former one means anything.</summary>
    public void ForgetPlaces()
    {
        Newest = Token.None;
        foreach (var stored in _byQuery.Values.Where(stored => stored.Token is not null || stored.IsFollowing).ToArray()) Put(stored with { Token = null, IsFollowing = false });
    }

    /// <summary>Writes all of it: this client has just become the one who keeps the disk.</summary>
    public void StoreAll()
    {
        foreach (var stored in _byQuery.Values) storage.Put(stored.Query, stored);
        if (!Newest.IsNone) storage.Reach(Newest.Value);
    }

    private void Freeze(StoredSubscription stored) => Put(stored with { Token = Newest.IsNone ? null : Newest.Value, IsFollowing = false });

    private void Put(StoredSubscription stored)
    {
        _byQuery[stored.Query] = stored;
        storage.Put(stored.Query, stored);
    }
}
