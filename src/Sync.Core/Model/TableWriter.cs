using System.Linq.Expressions;

namespace Sync;

/// <summary>Typed verbs on one table. Each adds to the transaction and returns the writer, so that they chain.</summary>
public sealed class TableWriter<T> where T : class
{
    private readonly TransactionBuilder _builder;
    private readonly TableModel<T> _table;

    internal TableWriter(TransactionBuilder builder, TableModel<T> table) => (_builder, _table) = (builder, table);

    /// <exception cref="ArgumentException">The value has no id.</exception>
    public TableWriter<T> Create(T value) => Add(new Operation.Create(KeyOf(_table.IdOf(value)), _builder.Write(_table, value)));

    /// <summary>Runs <paramref name="change"/> once and writes what differs.</summary>
    /// <exception cref="RecordNotHeldException">The record is not there to be changed.</exception>
    /// <exception cref="ArgumentException">The change gave the record another id.</exception>
    public TableWriter<T> Update(string id, Func<T, T> change)
    {
        var key = KeyOf(id);
        var held = _builder.Find(key) is { } record && !_table.IsDeleted(record) ? _table.Read(record) : null;
        if (held is null) throw new RecordNotHeldException(key);

        // What is compared is a second reading, so that a change made in place is seen too.
        var before = _table.Read(_builder.Find(key)!)!;
        foreach (var operation in _table.Diff(before, change(held))) Add(operation);
        return this;
    }

    /// <summary>Writes one field; null takes it away, as <see cref="Unset"/> does.</summary>
    public TableWriter<T> Set<TValue>(string id, Expression<Func<T, TValue>> field, TValue value)
    {
        var path = FieldOf(field);
        return value is null && !_table.KeepsNull(path)
            ? Add(new Operation.Unset(KeyOf(id), path))
            : Add(new Operation.Set(KeyOf(id), path, _table.WriteValue(path, value)));
    }

    public TableWriter<T> Unset<TValue>(string id, Expression<Func<T, TValue>> field) => Add(new Operation.Unset(KeyOf(id), FieldOf(field)));

    /// <summary>Writes the server's time.</summary>
    public TableWriter<T> SetNow<TValue>(string id, Expression<Func<T, TValue>> field) =>
        Add(new Operation.SetNow(KeyOf(id), FieldOf(field, "can hold no time", FieldKind.Instant, FieldKind.String)));

    /// <summary>Puts a value into a list, at its end if no place is said; one that is there already is moved.</summary>
    public TableWriter<T> ListInsert<TItem>(string id, Expression<Func<T, IEnumerable<TItem>?>> field, TItem value, ListPosition? position = null)
    {
        var path = FieldOf(field, "is no list", FieldKind.List);
        return Add(new Operation.ListInsert(KeyOf(id), path, _table.WriteValue(path, value), position ?? ListPosition.AtEnd));
    }

    public TableWriter<T> ListRemove<TItem>(string id, Expression<Func<T, IEnumerable<TItem>?>> field, TItem value)
    {
        var path = FieldOf(field, "is no list", FieldKind.List);
        return Add(new Operation.ListRemove(KeyOf(id), path, _table.WriteValue(path, value)));
    }

    public TableWriter<T> Delete(string id) => Add(new Operation.Delete(KeyOf(id)));

    public TableWriter<T> Restore(string id) => Add(new Operation.Restore(KeyOf(id)));

    private RecordKey KeyOf(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return new(_table.Name, id);
    }

    private FieldPath FieldOf<TValue>(Expression<Func<T, TValue>> field, string otherwise, params ReadOnlySpan<FieldKind> kinds)
    {
        var path = FieldOf(field);
        var kind = _table.KindOf(path);
        return kind == FieldKind.Any || kinds.Contains(kind) ? path : throw new ArgumentException($"\"{path}\" of \"{_table.Name}\" {otherwise}: it is written as {kind}.");
    }

    private FieldPath FieldOf<TValue>(Expression<Func<T, TValue>> field)
    {
        var path = _table.PathOf(field);
        return path.IsId ? throw new ArgumentException("A record's id can't be changed. Create a new record and delete the old one.") : path;
    }

    private TableWriter<T> Add(Operation operation)
    {
        _builder.Add(operation);
        return this;
    }
}
