using System.Collections.Frozen;
using System.Collections.Immutable;

namespace Sync;

/// <summary>The tables of an app, the same on both ends. Whatever is not registered here cannot be named on the wire.</summary>
public sealed class SyncModel
{
    private readonly FrozenDictionary<string, TableModel> _byName;
    private readonly FrozenDictionary<Type, TableModel> _byType;

    private SyncModel(ImmutableArray<TableModel> tables)
    {
        Tables = tables;
        _byName = tables.ToFrozenDictionary(t => t.Name, StringComparer.Ordinal);
        _byType = tables.ToFrozenDictionary(t => t.RecordType);
    }

    /// <summary>Builds a model and checks it.</summary>
    /// <exception cref="ArgumentException">A type without a string property <c>id</c>, a name or type used twice, an index that is no field: names the fix.</exception>
    public static SyncModel Create(Action<SyncModelBuilder> build)
    {
        var builder = new SyncModelBuilder();
        build(builder);
        return new([.. builder.Build()]);
    }

    public ImmutableArray<TableModel> Tables { get; }

    public TableModel? Find(string table) => _byName.GetValueOrDefault(table);

    /// <summary>Refuses what no query may ask; null when it is right.</summary>
    public ApplyError? Check(Query query) => Find(query.Table) is { } table ? table.Check(query) : UnknownTable(query.Table);

    /// <summary>The one answer for tables that are not registered and for those that never leave the server.</summary>
    internal static ApplyError UnknownTable(string table) => new(ErrorCodes.UnknownTable, $"There is no table \"{table}\" here.");

    /// <exception cref="ArgumentException">The type serves no table: names the call to add.</exception>
    public TableModel<T> TableOf<T>() where T : class => _byType.TryGetValue(typeof(T), out var table)
        ? (TableModel<T>)table
        : throw new ArgumentException($"No table is registered for {typeof(T).Name}. Add m.Table(\"…\", …{typeof(T).Name}) to SyncModel.Create.");
}
