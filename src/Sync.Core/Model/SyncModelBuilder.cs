using System.Text.Json.Serialization.Metadata;

namespace Sync;

/// <summary>Collects the tables of a model.</summary>
public sealed class SyncModelBuilder
{
    private readonly List<Func<TableModel>> _tables = [];
    private readonly HashSet<string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<Type, string> _types = [];

    internal SyncModelBuilder() { }

    /// <summary>Registers a table and the type of its records, with the type's source-generated JSON metadata.</summary>
    /// <exception cref="ArgumentException">The type cannot be a record, or the name or type is used twice: names the fix.</exception>
    public TableBuilder<T> Table<T>(string name, JsonTypeInfo<T> type) where T : class
    {
        if (FieldPath.CheckSegment(name) is not null) throw new ArgumentException($"\"{name}\" can't be the name of a table: it is empty, or reserved.");
        if (!_names.Add(name)) throw new ArgumentException($"The table \"{name}\" is registered twice. Give each m.Table(…) a name of its own.");
        if (!_types.TryAdd(typeof(T), name))
            throw new ArgumentException($"{typeof(T).Name} serves the table \"{_types[typeof(T)]}\" and can't serve \"{name}\" too. Give each table a record type of its own.");

        var table = new TableBuilder<T>(name, type);
        _tables.Add(table.Build);
        return table;
    }

    internal IEnumerable<TableModel> Build() => _tables.Select(build => build());
}
