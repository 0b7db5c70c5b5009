using System.Linq.Expressions;

namespace Sync.Client;

/// <summary>A typed query in the making. Immutable: each call gives a new one.</summary>
public sealed class TableQuery<T> where T : class
{
    private readonly SyncClient _client;
    private readonly TableModel<T> _table;
    private readonly Query _query;
    private readonly Func<T, bool>? _filter;

    internal TableQuery(SyncClient client, TableModel<T> table, Query query, Func<T, bool>? filter = null) =>
        (_client, _table, _query, _filter) = (client, table, query, filter);

    public TableQuery<T> Where<TValue>(Expression<Func<T, TValue>> field, TValue value) => And(field, (path, json) => new QueryCondition.EqualTo(path, json), value);

    public TableQuery<T> WhereIn<TValue>(Expression<Func<T, TValue>> field, IEnumerable<TValue> values)
    {
        var path = _table.PathOf(field);
        return And(new QueryCondition.AnyOf(path, [.. values.Select(value => _table.WriteValue(path, value))]));
    }

    public TableQuery<T> WhereLess<TValue>(Expression<Func<T, TValue>> field, TValue value) => And(field, (path, json) => new QueryCondition.LessThan(path, json, OrEqual: false), value);
    public TableQuery<T> WhereLessOrEqual<TValue>(Expression<Func<T, TValue>> field, TValue value) => And(field, (path, json) => new QueryCondition.LessThan(path, json, OrEqual: true), value);
    public TableQuery<T> WhereGreater<TValue>(Expression<Func<T, TValue>> field, TValue value) => And(field, (path, json) => new QueryCondition.GreaterThan(path, json, OrEqual: false), value);
    public TableQuery<T> WhereGreaterOrEqual<TValue>(Expression<Func<T, TValue>> field, TValue value) => And(field, (path, json) => new QueryCondition.GreaterThan(path, json, OrEqual: true), value);

    public TableQuery<T> WhereContains<TItem>(Expression<Func<T, IEnumerable<TItem>?>> field, TItem value)
    {
        var path = _table.PathOf(field);
        return And(new QueryCondition.Contains(path, _table.WriteValue(path, value)));
    }

    /// <summary>Runs on the client over what the query brought. Not together with a limit.</summary>
    public TableQuery<T> Filter(Func<T, bool> keep)
    {
        var filter = _filter;
        return new(_client, _table, _query, filter is null ? keep : row => filter(row) && keep(row));
    }

    public TableQuery<T> OrderBy<TValue>(Expression<Func<T, TValue>> field) => Sorted(field, descending: false);
    public TableQuery<T> OrderByDescending<TValue>(Expression<Func<T, TValue>> field) => Sorted(field, descending: true);
    public TableQuery<T> Take(int limit) => With(_query with { Limit = limit });

    /// <summary>Keeps the query current until the result is disposed. Remembers the synchronization context that it is called on and tells there.</summary>
    /// <exception cref="ArgumentException">The table does not answer this query: names the index to add.</exception>
    public LiveQuery<T> Live()
    {
        if (_filter is not null && _query.Limit is not null)
            throw new InvalidOperationException("Filter runs over what the query brought, so together with Take rows would be missing. Use a condition of the query instead, or leave out Take.");
        var query = _table.Normalize(_query);
        if ((query.Check() ?? _table.Check(query)) is { } error) throw new ArgumentException(error.Message);
        return new LiveQuery<T>(_client.Heart, query, _table, _filter, _client.Log);
    }

    /// <summary>True for a query of the same client that asks the same and filters by the same function: components compare them to know whether to ask anew.</summary>
    public override bool Equals(object? obj) =>
        obj is TableQuery<T> other && ReferenceEquals(_client, other._client) && _query.Equals(other._query) && Equals(_filter, other._filter);

    public override int GetHashCode() => _query.GetHashCode();

    internal TableQuery<T> With(Query query) => new(_client, _table, query, _filter);

    private TableQuery<T> And<TValue>(Expression<Func<T, TValue>> field, Func<FieldPath, CanonicalJson, QueryCondition> condition, TValue value)
    {
        var path = _table.PathOf(field);
        return And(condition(path, _table.WriteValue(path, value)));
    }

    private TableQuery<T> And(QueryCondition condition) => With(_query with { Where = _query.Where.Add(condition) });

    private TableQuery<T> Sorted<TValue>(Expression<Func<T, TValue>> field, bool descending) =>
        With(_query with { OrderBy = _query.OrderBy.Add(new SortField(_table.PathOf(field), descending)) });
}
