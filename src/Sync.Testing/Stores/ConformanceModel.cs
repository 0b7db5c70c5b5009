using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sync.Testing;

/// <summary>The tables that the stores' cases work on.</summary>
/// <remarks>
/// A home that offers <see cref="StoreFeatures.Relations"/> has made <c>shelves</c> and <c>books</c> as tables of an app before a store opens it, and leaves
/// <c>things</c> to the store. Columns are named after the fields, as the database likes to write them, and every table has <c>version</c>:
/// <list type="bullet">
/// <item><c>shelves</c>: <c>name</c> unique and not null, <c>memberIds</c> a JSON list, not null, by default empty.</item>
/// <item><c>books</c>: <c>shelfId</c> references shelves and goes with them (on delete cascade), <c>lentTo</c> references shelves and is emptied (on delete set null);
/// <c>title</c> not null; <c>status</c> not null, by default <c>in</c>; <c>pages</c> an integer, not null, by default 0, checked to be at least 0; <c>weight</c> a double;
/// <c>isLent</c> boolean; <c>dueDate</c> a date; <c>createdAt</c> not null, by default the current time; <c>changedAt</c> a time; <c>tags</c> and <c>details</c> JSON.</item>
/// </list>
/// </remarks>
public static class ConformanceModel
{
    public const string Shelves = "shelves";
    public const string Books = "books";

    /// <summary>Fields of any kind, which no relational column could all hold.</summary>
    public const string Things = "things";

    public static SyncModel Model { get; } = SyncModel.Create(m =>
    {
        m.Table(Shelves, ConformanceJson.Default.Shelf).Index(s => s.MemberIds);
        m.Table(Books, ConformanceJson.Default.Book).Index(b => b.ShelfId).Index(b => b.Tags);
        m.Table(Things, ConformanceJson.Default.Thing).Index(t => t.Owner).Index(t => t.Marks);
    });
}

internal sealed record Shelf(string Id, string Name, IReadOnlyList<string>? MemberIds);

internal sealed record Book(
    string Id,
    string? ShelfId,
    string? LentTo,
    string Title,
    string? Status,
    long? Pages,
    double? Weight,
    bool? IsLent,
    DateOnly? DueDate,
    DateTimeOffset? CreatedAt,
    DateTimeOffset? ChangedAt,
    IReadOnlyList<string>? Tags,
    BookDetails? Details);

internal sealed record BookDetails(string? Isbn, IReadOnlyList<int>? Editions);

internal sealed record Thing(string Id, JsonElement? Owner, JsonElement? Marks, JsonElement? Value, JsonElement? Other);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Shelf))]
[JsonSerializable(typeof(Book))]
[JsonSerializable(typeof(Thing))]
internal sealed partial class ConformanceJson : JsonSerializerContext;
