using System.Collections;

namespace Sync.Client.Blazor;

/// <summary>What a component sees of a live query. Loading while prerendering and until somebody signs in.</summary>
public sealed class SyncRows<T> : IReadOnlyList<T> where T : class
{
    internal SyncRows(TableQuery<T> query) => Query = query;

    /// <summary>What is asked.</summary>
    public TableQuery<T> Query { get; }

    /// <summary>The rows as they are now. A row that did not change stays the same object.</summary>
    public IReadOnlyList<T> Items => Live?.Items ?? (IReadOnlyList<T>)[];

    public Freshness Freshness => Live?.Freshness ?? Freshness.Unknown;

    /// <summary>Set when the server refused the query.</summary>
    public ApplyError? Error => Live?.Error;

    /// <summary>True while nothing can be said: no rows yet, and the server has not answered.</summary>
    public bool IsLoading => Count == 0 && Freshness != Freshness.Current && Error is null;

    /// <summary>True where the server said that there is nothing to see.</summary>
    public bool IsEmpty => Count == 0 && Freshness == Freshness.Current && Error is null;

    public int Count => Items.Count;
    public T this[int index] => Items[index];
    public IEnumerator<T> GetEnumerator() => Items.GetEnumerator();
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The live query behind the rows. It ends when the user signs out; after the next sign-in another one takes its place.</summary>
    internal LiveQuery<T>? Live { get; private set; }

    internal bool IsOpen { get; private set; }

    internal void Open(Action updated)
    {
        IsOpen = true;
        var live = Query.Live();
        live.Updated += updated;
        Live = live;
        live.Changes.Subscribe(new EndObserver(() => IsOpen = IsOpen && Live != live));
    }

    internal async ValueTask CloseAsync(Action updated)
    {
        if (Live is not { } live) return;
        live.Updated -= updated;
        await live.DisposeAsync().ConfigureAwait(false);
    }

    private sealed class EndObserver(Action ended) : IObserver<LiveChange<T>>
    {
        public void OnCompleted() => ended();
        public void OnError(Exception error) => ended();
        public void OnNext(LiveChange<T> value) { }
    }
}
