using System.Linq.Expressions;

namespace Sync;

/// <summary>
/// Collects the operations of one transaction through typed tables. Operations see what the ones before them did, so that an update after a create works.
/// </summary>
public sealed partial class TransactionBuilder
{
    /// <param name="lookup">Finds a record as the writer sees it; null where it is not held.</param>
    public TransactionBuilder(SyncModel model, Func<RecordKey, Record?> lookup, DateTimeOffset now) => (_model, _lookup, _now) = (model, lookup, now);

    private readonly SyncModel _model;
    private readonly Func<RecordKey, Record?> _lookup;
    private readonly DateTimeOffset _now;

    public IReadOnlyList<Operation> Operations => throw new NotImplementedException();

    public TableWriter<T> Table<T>() where T : class => new(this, _model.TableOf<T>());

    /// <summary>Adds an operation as it is: the untyped door.</summary>
    public TransactionBuilder Add(Operation operation) => throw new NotImplementedException();
}

/// <summary>Typed verbs on one table. Each adds to the transaction and returns the writer, so that they chain.</summary>
public sealed partial class TableWriter<T> where T : class
{
    internal TableWriter(TransactionBuilder builder, TableModel<T> table) => (_builder, _table) = (builder, table);

    private readonly TransactionBuilder _builder;
    private readonly TableModel<T> _table;

    public TableWriter<T> Create(T value) => throw new NotImplementedException();

    /// <summary>Runs <paramref name="change"/> once and writes what differs.</summary>
    /// <exception cref="RecordNotHeldException">The record is not there to be changed.</exception>
    public TableWriter<T> Update(string id, Func<T, T> change) => throw new NotImplementedException();
    public TableWriter<T> Set<TValue>(string id, Expression<Func<T, TValue>> field, TValue value) => throw new NotImplementedException();
    public TableWriter<T> Unset<TValue>(string id, Expression<Func<T, TValue>> field) => throw new NotImplementedException();
    public TableWriter<T> SetNow<TValue>(string id, Expression<Func<T, TValue>> field) => throw new NotImplementedException();
    public TableWriter<T> ListInsert<TItem>(string id, Expression<Func<T, IEnumerable<TItem>?>> field, TItem value, ListPosition? position = null) => throw new NotImplementedException();
    public TableWriter<T> ListRemove<TItem>(string id, Expression<Func<T, IEnumerable<TItem>?>> field, TItem value) => throw new NotImplementedException();
    public TableWriter<T> Delete(string id) => throw new NotImplementedException();
    public TableWriter<T> Restore(string id) => throw new NotImplementedException();
}

/// <summary>An update named a record that is not on the device, or not in the store: code <c>not_held</c>. Use a typed verb that needs no prior value.</summary>
public sealed class RecordNotHeldException(RecordKey key) : InvalidOperationException($"{key} is not held here, so there is nothing to change. Subscribe to it first, or use Set, which needs no prior value.")
{
    public RecordKey Key { get; } = key;
}
