using System.Linq.Expressions;
using System.Text.Json.Serialization.Metadata;

namespace Sync;

public sealed partial class SyncModel
{
    /// <summary>Builds a model and checks it.</summary>
    /// <exception cref="ArgumentException">A type without a string property <c>id</c>, a name or type used twice, an index that is no field: names the fix.</exception>
    public static SyncModel Create(Action<SyncModelBuilder> build) => throw new NotImplementedException();
}

/// <summary>Collects the tables of a model.</summary>
public sealed class SyncModelBuilder
{
    public TableBuilder<T> Table<T>(string name, JsonTypeInfo<T> type) where T : class => throw new NotImplementedException();
}

/// <summary>What is special about one table.</summary>
public sealed class TableBuilder<T> where T : class
{
    /// <summary>Queries may be served by this field; of a list, by each of its elements.</summary>
    public TableBuilder<T> Index<TValue>(Expression<Func<T, TValue>> field) => throw new NotImplementedException();

    /// <summary>A check that every changed record must pass, on both ends; a record that fails is refused with <paramref name="code"/>.</summary>
    public TableBuilder<T> Validate(Func<T, bool> isValid, string code) => throw new NotImplementedException();

    /// <summary>A delete sets this field to the server's time and a restore takes it away; reads leave such records out.</summary>
    public TableBuilder<T> SoftDelete<TValue>(Expression<Func<T, TValue>> field) => throw new NotImplementedException();

    /// <summary>The whole table may be queried: it never holds more than this many records.</summary>
    public TableBuilder<T> Small(int maxRecords = 1000) => throw new NotImplementedException();

    /// <summary>Feeds rules and never leaves the server.</summary>
    public TableBuilder<T> ServerOnly() => throw new NotImplementedException();
}
