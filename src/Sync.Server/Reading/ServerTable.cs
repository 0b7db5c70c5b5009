using System.Linq.Expressions;

namespace Sync.Server;

/// <summary>Typed reads of one table, under a caller's rights. Soft-deleted records are left out.</summary>
public sealed class ServerTable<T> where T : class
{
    private readonly SyncServer _server;
    private readonly TableModel<T> _table;

    internal ServerTable(SyncServer server, TableModel<T> table) => (_server, _table) = (server, table);

    /// <summary>The record with this id; null where there is none, the caller may not read it, or this type cannot.</summary>
    public async ValueTask<T?> GetAsync(Caller caller, string id, CancellationToken cancellationToken = default)
    {
        var found = await _server.GetRecordsAsync(caller, [new RecordKey(_table.Name, id)], cancellationToken).ConfigureAwait(false);
        return found.FirstOrDefault() is { } record ? _table.Read(record) : null;
    }

    /// <summary>The records whose field has this value, in the order of ids.</summary>
    /// <exception cref="InvalidOperationException">The field has no index, or there are more records than a query may look at.</exception>
    public ValueTask<IReadOnlyList<T>> WhereAsync<TValue>(Caller caller, Expression<Func<T, TValue>> field, TValue value, CancellationToken cancellationToken = default)
    {
        var path = _table.PathOf(field);
        return QueryAsync(caller, new QueryCondition.EqualTo(path, _table.WriteValue(path, value)), cancellationToken);
    }

    /// <summary>The records whose list holds this value, in the order of ids.</summary>
    /// <inheritdoc cref="WhereAsync"/>
    public ValueTask<IReadOnlyList<T>> WhereContainsAsync<TItem>(Caller caller, Expression<Func<T, IEnumerable<TItem>?>> field, TItem value, CancellationToken cancellationToken = default)
    {
        var path = _table.PathOf(field);
        return QueryAsync(caller, new QueryCondition.Contains(path, _table.WriteValue(path, value)), cancellationToken);
    }

    private async ValueTask<IReadOnlyList<T>> QueryAsync(Caller caller, QueryCondition condition, CancellationToken cancellationToken)
    {
        var result = await _server.QueryAsync(caller, new Query { Table = _table.Name, Where = [condition] }, cancellationToken).ConfigureAwait(false);
        if (result.Error is { } error) throw new InvalidOperationException(error.Message);
        return [.. result.Records.Select(_table.Read).OfType<T>()];
    }
}
