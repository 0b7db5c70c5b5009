using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sync.Server.Postgres.Tests;

/// <summary>A record type of one field, as which a type of column is tried out.</summary>
internal sealed record RowOf<T>(string Id, T? Value);

internal static class Models
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web) { TypeInfoResolver = new DefaultJsonTypeInfoResolver() };

    public static JsonTypeInfo<T> TypeOf<T>() => (JsonTypeInfo<T>)Options.GetTypeInfo(typeof(T));

    public static SyncModel OfRows<T>(string table = "rows", bool isIndexed = false) => SyncModel.Create(m =>
    {
        var rows = m.Table(table, TypeOf<RowOf<T>>());
        if (isIndexed) rows.Index(r => r.Value);
    });
}
