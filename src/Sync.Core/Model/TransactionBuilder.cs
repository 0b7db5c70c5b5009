namespace Sync;

/// <summary>
/// Collects the operations of one transaction through typed tables. Operations see what the ones before them did, so that an update after a create works.
/// </summary>
public sealed class TransactionBuilder
{
    private readonly SyncModel _model;
    private readonly Func<RecordKey, Record?> _lookup;
    private readonly DateTimeOffset _now;
    private readonly bool _isApp;
    private readonly List<Operation> _operations = [];
    private readonly Dictionary<RecordKey, Record?> _seen = [];

    /// <param name="model">The tables that there are.</param>
    /// <param name="lookup">Finds a record as the writer sees it; null where it is not held.</param>
    /// <param name="now">The writer's guess of the time that set-now will write.</param>
    /// <param name="isApp">The writer is the app's own code, which sees fields that never leave the server.</param>
    internal TransactionBuilder(SyncModel model, Func<RecordKey, Record?> lookup, DateTimeOffset now, bool isApp = false) => (_model, _lookup, _now, _isApp) = (model, lookup, now, isApp);

    public IReadOnlyList<Operation> Operations => _operations;

    /// <exception cref="ArgumentException">No table is registered for the type.</exception>
    public TableWriter<T> Table<T>() where T : class => new(this, _model.TableOf<T>());

    /// <summary>Adds an operation: the untyped door. One that cannot be applied to what is held here is kept all the same; its receipt decides.</summary>
    /// <exception cref="ArgumentException">No such table is registered.</exception>
    public TransactionBuilder Add(Operation operation)
    {
        var table = _model.Find(operation.Key.Table) ?? throw new ArgumentException($"No table \"{operation.Key.Table}\" is registered. Add m.Table(\"{operation.Key.Table}\", …) to SyncModel.Create.");
        var normal = table.Normalize(operation);
        _operations.Add(normal);

        var current = Find(operation.Key);
        if (Sync.Operations.Apply(current, table.Translate(normal, current), _now).Record is { } next) _seen[operation.Key] = next;
        return this;
    }

    /// <summary>The fields with which a record is created.</summary>
    internal CanonicalJson Write<T>(TableModel<T> table, T value) where T : class => _isApp ? table.Write(value) : table.WriteOfUser(value);

    internal Record? Find(RecordKey key)
    {
        if (!_seen.TryGetValue(key, out var record)) _seen[key] = record = _lookup(key);
        return record;
    }
}
