using Sync.Client;

namespace Sync.Testing;

/// <summary>What a user looks at: a live query, and a list of one's own that follows its changes.</summary>
internal abstract class Screen(Query query)
{
    public Query Query { get; } = query;
    public abstract Freshness Freshness { get; }
    public abstract ApplyError? Error { get; }

    /// <summary>The ids in the order in which they are shown.</summary>
    public abstract IReadOnlyList<string> Ids { get; }

    /// <summary>The ids as the told changes lead to them.</summary>
    public abstract IReadOnlyList<string> FollowedIds { get; }

    /// <summary>The typed row written as JSON, so that it can be compared with the record.</summary>
    public abstract CanonicalJson RowOf(int index);

    public abstract CanonicalJson? TypedOf(Record record);

    public abstract void Close();

    public static Screen Open(SyncClient client, Query query, Action told)
    {
        var type = typeof(Screen<>).MakeGenericType(client.Model.Find(query.Table)!.RecordType);
        return (Screen)Activator.CreateInstance(type, client, query, told)!;
    }
}

internal sealed class Screen<T> : Screen, IObserver<LiveChange<T>> where T : class
{
    private readonly TableModel<T> _table;
    private readonly LiveQuery<T> _live;
    private readonly List<string> _followed;
    private readonly Action _told;

    public Screen(SyncClient client, Query query, Action told) : base(query)
    {
        (_table, _told) = (client.Model.TableOf<T>(), told);
        _live = client.Table<T>().ById("").With(query).Live();
        _followed = [.. _live.Items.Select(_table.IdOf)];
        _live.Changes.Subscribe(this);
        _live.Updated += told;
    }

    public override Freshness Freshness => _live.Freshness;
    public override ApplyError? Error => _live.Error;
    public override IReadOnlyList<string> Ids => [.. _live.Items.Select(_table.IdOf)];
    public override IReadOnlyList<string> FollowedIds => _followed;
    public override CanonicalJson RowOf(int index) => _table.Write(_live.Items[index]);
    public override CanonicalJson? TypedOf(Record record) => _table.Read(record) is { } typed ? _table.Write(typed) : null;

    public override void Close()
    {
        _live.Updated -= _told;
        _ = _live.DisposeAsync();
    }

    public void OnNext(LiveChange<T> value)
    {
        foreach (var change in value.Rows)
        {
            switch (change)
            {
                case RowChange<T>.Added added: _followed.Insert(added.Index, added.Id); break;
                case RowChange<T>.Removed removed: _followed.RemoveAt(removed.Index); break;
                case RowChange<T>.Moved moved:
                    _followed.RemoveAt(moved.From);
                    _followed.Insert(moved.To, moved.Id);
                    break;
                case RowChange<T>.Replaced replaced: _followed[replaced.Index] = replaced.Id; break;
                default: throw new ArgumentOutOfRangeException(nameof(value), change, "Not a change of rows.");
            }
        }
    }

    public void OnCompleted() { }
    public void OnError(Exception error) { }
}
