namespace Sync.Client;

/// <summary>The front door of the client: who is signed in, tables, writes, live queries, the connection.</summary>
public sealed class SyncClient : IAsyncDisposable
{
    public SyncModel Model => throw new NotImplementedException();

    /// <summary>The signed-in user's id; null before <see cref="SignInAsync"/>.</summary>
    public string? UserId => throw new NotImplementedException();

    /// <summary>What the connection is doing, and how many transactions wait. Raised changes come on the thread that caused them.</summary>
    public ClientStatus Status => throw new NotImplementedException();

    /// <summary>Told after every change of <see cref="Status"/>.</summary>
    public event Action<ClientStatus>? StatusChanged { add { } remove { } }

    /// <summary>Told when the server rejected a transaction: it has left the view, and nothing behind it waits for it.</summary>
    public event Action<RejectedWrite>? WriteRejected { add { } remove { } }

    /// <summary>Opens the user's storage and starts the connection. Works offline. Reads and writes throw before it.</summary>
    public Task SignInAsync(SyncUser user, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    public Task SignOutAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>A new id for a record or a transaction: a version 7 GUID in lower case.</summary>
    public string NewId() => throw new NotImplementedException();

    public ClientTable<T> Table<T>() where T : class => throw new NotImplementedException();

    /// <summary>The untyped layer: keys and JSON.</summary>
    public RecordCache Records => throw new NotImplementedException();

    /// <summary>Writes several operations as one transaction. Returns when it is saved and in the view.</summary>
    public ValueTask<WriteHandle> WriteAsync(Action<TransactionBuilder> build, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <param name="label">What the app calls it, for undo and for the tray.</param>
    public ValueTask<WriteHandle> WriteAsync(string label, Action<TransactionBuilder> build, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Tells the connection that it is worth trying now: the app came to the foreground, the network is back, the token was renewed.</summary>
    public void Nudge() => throw new NotImplementedException();

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}

/// <summary>Who is signed in. The token callback is asked at every dial; leave it out where a cookie signs in.</summary>
public sealed record SyncUser(string Id, Func<CancellationToken, ValueTask<string?>>? AccessToken = null);

/// <summary>The connection's state and the queue's length, at one moment.</summary>
public sealed record ClientStatus(ConnectionState Connection, int PendingWrites);

/// <summary>offline, waiting (to dial again), connecting, catching up, live, refused (sign-in needed).</summary>
public enum ConnectionState { Offline, Waiting, Connecting, CatchingUp, Live, Refused }

/// <summary>A transaction that the server rejected, for a notice on the screen.</summary>
public sealed record RejectedWrite(Transaction Transaction, string? Label, string Code, string Message);

/// <summary>One write on its way. It is in the view and saved already.</summary>
public sealed class WriteHandle
{
    public string TxId => throw new NotImplementedException();

    /// <summary>The server's answer, once its effects are in the cache. A rejection is a value, never an exception. Never completes while offline.</summary>
    public Task<Receipt> Receipt => throw new NotImplementedException();
}

/// <summary>Typed reads and writes of one table.</summary>
public sealed class ClientTable<T> where T : class
{
    /// <summary>The record as this device sees it now, without asking the server.</summary>
    public T? Find(string id) => throw new NotImplementedException();

    public ValueTask<WriteHandle> CreateAsync(T value, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Runs <paramref name="change"/> once on the record as it is in the view and writes what differs.</summary>
    /// <exception cref="RecordNotHeldException">The record is not on the device.</exception>
    public ValueTask<WriteHandle> UpdateAsync(string id, Func<T, T> change, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    public ValueTask<WriteHandle> DeleteAsync(string id, CancellationToken cancellationToken = default) => throw new NotImplementedException();
    public ValueTask<WriteHandle> RestoreAsync(string id, CancellationToken cancellationToken = default) => throw new NotImplementedException();

    public TableQuery<T> Where<TValue>(System.Linq.Expressions.Expression<Func<T, TValue>> field, TValue value) => throw new NotImplementedException();
    public TableQuery<T> WhereIn<TValue>(System.Linq.Expressions.Expression<Func<T, TValue>> field, IEnumerable<TValue> values) => throw new NotImplementedException();
    public TableQuery<T> WhereContains<TItem>(System.Linq.Expressions.Expression<Func<T, IEnumerable<TItem>?>> field, TItem value) => throw new NotImplementedException();

    /// <summary>The query that names one record.</summary>
    public TableQuery<T> ById(string id) => throw new NotImplementedException();

    /// <summary>The whole table: only where it is registered as small.</summary>
    public TableQuery<T> All() => throw new NotImplementedException();
}

/// <summary>A typed query in the making. Immutable: each call gives a new one.</summary>
public sealed class TableQuery<T> where T : class
{
    public TableQuery<T> Where<TValue>(System.Linq.Expressions.Expression<Func<T, TValue>> field, TValue value) => throw new NotImplementedException();
    public TableQuery<T> WhereIn<TValue>(System.Linq.Expressions.Expression<Func<T, TValue>> field, IEnumerable<TValue> values) => throw new NotImplementedException();
    public TableQuery<T> WhereLess<TValue>(System.Linq.Expressions.Expression<Func<T, TValue>> field, TValue value) => throw new NotImplementedException();
    public TableQuery<T> WhereLessOrEqual<TValue>(System.Linq.Expressions.Expression<Func<T, TValue>> field, TValue value) => throw new NotImplementedException();
    public TableQuery<T> WhereGreater<TValue>(System.Linq.Expressions.Expression<Func<T, TValue>> field, TValue value) => throw new NotImplementedException();
    public TableQuery<T> WhereGreaterOrEqual<TValue>(System.Linq.Expressions.Expression<Func<T, TValue>> field, TValue value) => throw new NotImplementedException();
    public TableQuery<T> WhereContains<TItem>(System.Linq.Expressions.Expression<Func<T, IEnumerable<TItem>?>> field, TItem value) => throw new NotImplementedException();

    /// <summary>Runs on the client over what the query brought. Not together with a limit.</summary>
    public TableQuery<T> Filter(Func<T, bool> keep) => throw new NotImplementedException();
    public TableQuery<T> OrderBy<TValue>(System.Linq.Expressions.Expression<Func<T, TValue>> field) => throw new NotImplementedException();
    public TableQuery<T> OrderByDescending<TValue>(System.Linq.Expressions.Expression<Func<T, TValue>> field) => throw new NotImplementedException();
    public TableQuery<T> Take(int limit) => throw new NotImplementedException();

    /// <summary>Keeps the query current until the result is disposed. Remembers the synchronization context that it is called on and tells there.</summary>
    public LiveQuery<T> Live() => throw new NotImplementedException();
}

/// <summary>How much a result can be trusted: nothing known yet, what the device had, or what the server said up to the last checkpoint.</summary>
public enum Freshness { Unknown, Stale, Current }

/// <summary>A query's rows as they are now, and how they change. Told once a checkpoint or write.</summary>
public sealed class LiveQuery<T> : IAsyncDisposable, System.ComponentModel.INotifyPropertyChanged where T : class
{
    /// <summary>A list to bind to: changes by key, one item an event (Add, Remove, Move, Replace). A row that did not change stays the same object.</summary>
    public LiveRows<T> Items => throw new NotImplementedException();

    public Freshness Freshness => throw new NotImplementedException();

    /// <summary>Set when the server refused the query: code and sentence.</summary>
    public ApplyError? Error => throw new NotImplementedException();

    /// <summary>Completes when the result is current, or was refused.</summary>
    public Task WhenCurrentAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>Whole snapshots, the latest wins.</summary>
    public IAsyncEnumerable<LiveSnapshot<T>> WatchAsync(CancellationToken cancellationToken = default) => throw new NotImplementedException();

    /// <summary>The changes between snapshots, keyed and minimal.</summary>
    public IObservable<LiveChange<T>> Changes => throw new NotImplementedException();

    /// <summary>Told after <see cref="Items"/>, <see cref="Freshness"/> or <see cref="Error"/> changed.</summary>
    public event Action? Updated { add { } remove { } }

    public event System.ComponentModel.PropertyChangedEventHandler? PropertyChanged { add { } remove { } }

    public ValueTask DisposeAsync() => throw new NotImplementedException();
}

/// <summary>A live query's rows as a bindable list.</summary>
public sealed class LiveRows<T> : System.Collections.ObjectModel.ReadOnlyObservableCollection<T>
{
    internal LiveRows(System.Collections.ObjectModel.ObservableCollection<T> list) : base(list) { }
}

/// <summary>Rows at one moment.</summary>
public sealed record LiveSnapshot<T>(IReadOnlyList<T> Rows, Freshness Freshness);

/// <summary>Steps from one snapshot to the next, in the order in which they are to be applied.</summary>
public sealed record LiveChange<T>(IReadOnlyList<RowChange<T>> Rows, Freshness Freshness);

/// <summary>One step: a row added, removed, moved or replaced, with its indexes in the list as it is at that step.</summary>
public abstract record RowChange<T>
{
    private RowChange(string id) => Id = id;
    public string Id { get; }
    public sealed record Added(string Id, int Index, T Row) : RowChange<T>(Id);
    public sealed record Removed(string Id, int Index, T Row) : RowChange<T>(Id);
    public sealed record Moved(string Id, int From, int To, T Row) : RowChange<T>(Id);
    public sealed record Replaced(string Id, int Index, T Row, T Before) : RowChange<T>(Id);
}

/// <summary>The confirmed records of this device with its own pending writes replayed over them, untyped: the guide's RecordCache.</summary>
public sealed class RecordCache
{
    public Record? Get(RecordKey key) => throw new NotImplementedException();
    public RecordMap GetMany(IEnumerable<RecordKey> keys) => throw new NotImplementedException();
    public IReadOnlyList<Record> Query(Query query) => throw new NotImplementedException();

    /// <summary>Told with the keys that changed, once a checkpoint or write.</summary>
    public IDisposable Subscribe(Action<IReadOnlyCollection<RecordKey>> listener) => throw new NotImplementedException();
    public void Clear() => throw new NotImplementedException();
}
