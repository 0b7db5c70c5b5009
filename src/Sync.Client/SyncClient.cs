using System.Collections.Immutable;
using Microsoft.Extensions.Logging;

namespace Sync.Client;

/// <summary>The front door of the client: who is signed in, tables, writes, live queries, the connection.</summary>
public sealed class SyncClient : IAsyncDisposable
{
    private readonly SyncClientOptions _options;
    private readonly ITransport _transport;
    private readonly IRecordStorageProvider _storages;
    private readonly TimeProvider _time;
    private readonly Chance _chance;
    private readonly IdSource _ids;
    private readonly Lock _gate = new();
    private SignedInUser? _user;
    private ClientStatus _status = new(ConnectionState.Offline, 0);
    private bool _isBusy;
    private bool _isDisposed;

    internal SyncClient(SyncModel model, SyncClientOptions options, ITransport transport, IRecordStorageProvider storages, TimeProvider time, Chance chance, ILoggerFactory logs)
    {
        (Model, _options, _transport, _storages, _time, _chance) = (model, options, transport, storages, time, chance);
        _ids = new IdSource(time, chance);
        Log = new ClientLog(logs.CreateLogger<SyncClient>());
        Records = new RecordCache(() => Heart, Log);
        Tray = new AttentionTray(this);
        Undo = new UndoRedoStack(this);
    }

    public SyncModel Model { get; }

    /// <summary>The signed-in user's id; null before <see cref="SignInAsync"/>.</summary>
    public string? UserId => Volatile.Read(ref _user)?.User.Id;

    /// <summary>What the connection is doing, and how many transactions wait. Raised changes come on the thread that caused them.</summary>
    public ClientStatus Status => Volatile.Read(ref _status);

    /// <summary>Told after every change of <see cref="Status"/>.</summary>
    public event Action<ClientStatus>? StatusChanged;

    /// <summary>Told when the server rejected a transaction: it has left the view, and nothing behind it waits for it.</summary>
    public event Action<RejectedWrite>? WriteRejected;

    /// <summary>Opens the user's storage and starts the connection. Works offline. Reads and writes throw before it. The same user again is a nudge.</summary>
    /// <exception cref="InvalidOperationException">Another user is signed in: sign out first.</exception>
    public async Task SignInAsync(SyncUser user, CancellationToken cancellationToken = default)
    {
        if (IdRule.Check(user.Id) is { } error) throw new ArgumentException($"This is no user id: {error.Message}", nameof(user));
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            if (_isBusy) throw new InvalidOperationException("A sign-in or sign-out is still on its way: await it first.");
            if (_user is { } present && present.User.Id != user.Id) throw new InvalidOperationException("Another user is signed in. Call SignOutAsync first.");
            if (_user is null) _isBusy = true;
            else _user.User = user;
        }
        if (UserId is not null)
        {
            Nudge();
            return;
        }
        try
        {
            var storage = await _storages.OpenAsync(new StorageName(_options.Server!, user.Id, _options.Tenant), cancellationToken).ConfigureAwait(false);
            var signedIn = new SignedInUser(user, storage, this, Model, _options, _transport, _time, _chance, NewId, Log);
            await LoadAsync(signedIn, storage, cancellationToken).ConfigureAwait(false);
            Volatile.Write(ref _user, signedIn);
            signedIn.Start();
        }
        finally
        {
            lock (_gate) _isBusy = false;
        }
    }

    /// <summary>Ends the connection, empties every live query and closes the storage.</summary>
    /// <param name="unsent">What becomes of writes without a receipt and of the tray. By default they stay on this device.</param>
    /// <param name="cancellationToken">Counts before anything has ended.</param>
    /// <returns>With <see cref="UnsentWork.Export"/> a JSON document, <c>{"userId","unsent":[transactions],"rejected":[{"transaction","label"?,"code","message","status","rejectedAt"}]}</c>; else null.</returns>
    public async Task<string?> SignOutAsync(UnsentWork unsent = UnsentWork.Keep, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        SignedInUser? user;
        lock (_gate)
        {
            if (_isBusy) throw new InvalidOperationException("A sign-in or sign-out is still on its way: await it first.");
            user = _user;
            _user = null;
        }
        if (user is null) return null;
        var export = unsent == UnsentWork.Export ? UnsentExport.Write(user.User.Id, user.Heart.ReadUnsent()) : null;
        await user.StopAsync(discards: unsent != UnsentWork.Keep).ConfigureAwait(false);
        Show(new ClientStatus(ConnectionState.Offline, 0));
        return export;
    }

    /// <summary>A new id for a record or a transaction: a version 7 GUID in lower case.</summary>
    public string NewId() => _ids.Next();

    public ClientTable<T> Table<T>() where T : class => new(this, Model.TableOf<T>());

    /// <summary>The untyped layer: keys and JSON.</summary>
    public RecordCache Records { get; }

    /// <summary>Writes that the server rejected, until somebody has dealt with them.</summary>
    public AttentionTray Tray { get; }

    /// <summary>Takes back what this device wrote.</summary>
    public UndoRedoStack Undo { get; }

    /// <summary>Writes several operations as one transaction. Returns when it is saved and in the view.</summary>
    /// <exception cref="InvalidWriteException">A record would not pass the model's checks.</exception>
    /// <exception cref="StorageException">It could not be saved; it has been taken back.</exception>
    public ValueTask<WriteHandle> WriteAsync(Action<TransactionBuilder> build, CancellationToken cancellationToken = default) => WriteAsync(WriteOptions.Default, build, null, cancellationToken);

    /// <param name="label">What the app calls it, for undo and for the tray.</param>
    /// <param name="build">Adds the operations. Runs a second time where a record that it asks for had to be read from this device's storage first.</param>
    /// <inheritdoc cref="WriteAsync(Action{TransactionBuilder}, CancellationToken)"/>
    public ValueTask<WriteHandle> WriteAsync(string label, Action<TransactionBuilder> build, CancellationToken cancellationToken = default)
        => WriteAsync(new WriteOptions { Label = label }, build, null, cancellationToken);

    /// <inheritdoc cref="WriteAsync(string, Action{TransactionBuilder}, CancellationToken)"/>
    public ValueTask<WriteHandle> WriteAsync(WriteOptions options, Action<TransactionBuilder> build, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return WriteAsync(options, build, null, cancellationToken);
    }

    /// <summary>
    /// What the server would say to a write, by the rules given to <see cref="SyncClientBuilder.AddPermissions{T, TPermissions}"/> and what this device has in memory. Writes nothing
    /// and holds nothing back.
    /// </summary>
    /// <param name="build">As for <see cref="WriteAsync(Action{TransactionBuilder}, CancellationToken)"/>.</param>
    public WriteAdvice Advise(Action<TransactionBuilder> build)
    {
        ArgumentNullException.ThrowIfNull(build);
        var user = SignedIn;
        return new Advisor(Model, user.Heart, Rules, Caller.User(user.User.Id, user.User.Principal)).Advise(build, _time.GetUtcNow());
    }

    /// <summary>Tells the connection that it is worth trying now: the app came to the foreground, the network is back, the token was renewed.</summary>
    public void Nudge() => Volatile.Read(ref _user)?.Nudge();

    public async ValueTask DisposeAsync()
    {
        SignedInUser? user;
        lock (_gate)
        {
            if (_isDisposed) return;
            _isDisposed = true;
            user = _user;
            _user = null;
        }
        if (user is not null) await user.StopAsync().ConfigureAwait(false);
    }

    internal ClientLog Log { get; }

    internal ClientRules Rules { get; init; } = ClientRules.None;

    internal ClientHeart Heart => SignedIn.Heart;

    internal async ValueTask<WriteHandle> WriteAsync(WriteOptions options, Action<TransactionBuilder> build, string? instead, CancellationToken cancellationToken)
    {
        var user = SignedIn;
        var now = _time.GetUtcNow();
        var heart = user.Heart;
        var draft = WriteDraft.Build(Model, heart, build, now);
        if (draft.ToRead.Count > 0 && await heart.ReadAsync(draft.ToRead, cancellationToken).ConfigureAwait(false)) draft = WriteDraft.Build(Model, heart, build, now);
        var operations = draft.Operations;
        if (operations.IsEmpty) return WriteHandle.OfNothing(_ids.Next(), user.User.Id, now);

        return await heart.WriteAsync(options, Transaction(user, operations), instead, cancellationToken).ConfigureAwait(false);
    }

    internal ValueTask<UndoRun> UndoAsync(bool isRedo, CancellationToken cancellationToken)
    {
        var user = SignedIn;
        return user.Heart.UndoAsync(isRedo, operations => Transaction(user, operations), cancellationToken);
    }

    internal void Show(ClientStatus status)
    {
        lock (_gate)
        {
            if (_status == status) return;
            Volatile.Write(ref _status, status);
        }
        foreach (var listener in Delegate.EnumerateInvocationList(StatusChanged)) Log.Tell(listener.Invoke, status);
    }

    internal void Tell(RejectedWrite rejected)
    {
        foreach (var listener in Delegate.EnumerateInvocationList(WriteRejected)) Log.Tell(listener.Invoke, rejected);
    }

    private Transaction Transaction(SignedInUser user, ImmutableArray<Operation> operations) => new()
    {
        TxId = _ids.Next(),
        AuthorId = user.User.Id,
        Operations = operations,
        ClientTimestamp = _time.GetUtcNow().ToUnixTimeMilliseconds(),
    };

    private static async ValueTask LoadAsync(SignedInUser user, IRecordStorage storage, CancellationToken cancellationToken)
    {
        try
        {
            await user.LoadAsync(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            await storage.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    private SignedInUser SignedIn
    {
        get
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return Volatile.Read(ref _user) ?? throw new InvalidOperationException("Nobody is signed in. Call SignInAsync first; it works offline.");
        }
    }
}
