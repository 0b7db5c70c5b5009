using System.Linq.Expressions;

namespace Sync.Client;

/// <summary>Typed reads and writes of one table.</summary>
public sealed class ClientTable<T> where T : class
{
    private readonly SyncClient _client;
    private readonly TableModel<T> _table;

    internal ClientTable(SyncClient client, TableModel<T> table) => (_client, _table) = (client, table);

    /// <summary>The record as this device sees it now, without asking the server.</summary>
    public T? Find(string id) => _client.Heart.FindRow(new RecordKey(_table.Name, id))?.Read(_table);

    /// <summary>As <see cref="Find"/>, and looks on disk where nobody reads the record now.</summary>
    public async ValueTask<T?> FindAsync(string id, CancellationToken cancellationToken = default)
    {
        await _client.Records.FindAsync(new RecordKey(_table.Name, id), cancellationToken).ConfigureAwait(false);
        return Find(id);
    }

    /// <summary>What of this device's writes to the record is still on its way.</summary>
    public RecordStatus StatusOf(string id) => _client.Records.StatusOf(new RecordKey(_table.Name, id));

    /// <exception cref="InvalidWriteException">The value does not pass the model's checks.</exception>
    public ValueTask<WriteHandle> CreateAsync(T value, CancellationToken cancellationToken = default) => WriteAsync(table => table.Create(value), cancellationToken);

    /// <summary>Runs <paramref name="change"/> once on the record as it is in the view and writes what differs.</summary>
    /// <exception cref="RecordNotHeldException">The record is not on the device.</exception>
    /// <exception cref="InvalidWriteException">What comes of it does not pass the model's checks.</exception>
    public ValueTask<WriteHandle> UpdateAsync(string id, Func<T, T> change, CancellationToken cancellationToken = default) => WriteAsync(table => table.Update(id, change), cancellationToken);

    public ValueTask<WriteHandle> DeleteAsync(string id, CancellationToken cancellationToken = default) => WriteAsync(table => table.Delete(id), cancellationToken);
    public ValueTask<WriteHandle> RestoreAsync(string id, CancellationToken cancellationToken = default) => WriteAsync(table => table.Restore(id), cancellationToken);

    public TableQuery<T> Where<TValue>(Expression<Func<T, TValue>> field, TValue value) => Everything.Where(field, value);
    public TableQuery<T> WhereIn<TValue>(Expression<Func<T, TValue>> field, IEnumerable<TValue> values) => Everything.WhereIn(field, values);
    public TableQuery<T> WhereContains<TItem>(Expression<Func<T, IEnumerable<TItem>?>> field, TItem value) => Everything.WhereContains(field, value);

    /// <summary>The query that names one record.</summary>
    public TableQuery<T> ById(string id) => Everything.With(Query.ForRecord(new RecordKey(_table.Name, id)));

    /// <summary>The whole table: only where it is registered as small.</summary>
    public TableQuery<T> All() => Everything;

    private TableQuery<T> Everything => new(_client, _table, new Query { Table = _table.Name });

    private ValueTask<WriteHandle> WriteAsync(Action<TableWriter<T>> build, CancellationToken cancellationToken) =>
        _client.WriteAsync(transaction => build(transaction.Table<T>()), cancellationToken);
}
