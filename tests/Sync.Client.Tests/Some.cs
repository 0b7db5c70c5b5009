using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sync.Client.Tests;

public sealed record Todo(string Id, string ListId, string Title, int Order = 0, bool Done = false, IReadOnlyList<string>? Tags = null);

public sealed record Note(string Id, string Text, DateTimeOffset? DeletedAt = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Todo))]
[JsonSerializable(typeof(Note))]
internal sealed partial class TestJson : JsonSerializerContext;

/// <summary>Builders, so that a test shows only what matters to it.</summary>
internal static class Some
{
    public static SyncModel Model { get; } = SyncModel.Create(m =>
    {
        m.Table("todos", TestJson.Default.Todo).Index(t => t.ListId).Index(t => t.Tags).Validate(t => t.Title.Length <= 20, "title_length");
        m.Table("notes", TestJson.Default.Note).Small().SoftDelete(n => n.DeletedAt);
    });

    public static DateTimeOffset Now { get; } = new(2027, 1, 15, 8, 0, 0, TimeSpan.Zero);

    public static RecordKey Key(string id) => new("todos", id);

    public static CanonicalJson Json(string json) => CanonicalJson.Parse(json);

    public static Record Todo(string id, long version = 1, string list = "a", string title = "T", int order = 0) =>
        new(Key(id), version, Fields(list, title, order));

    public static CanonicalJson Fields(string list = "a", string title = "T", int order = 0) =>
        Json($$"""{"listId":"{{list}}","title":"{{title}}","order":{{order}},"done":false}""");

    public static Operation Create(string id, string list = "a", string title = "T", int order = 0) => new Operation.Create(Key(id), Fields(list, title, order));
    public static Operation Set(string id, string field, string json) => new Operation.Set(Key(id), FieldPath.Of(field), Json(json));
    public static Operation Retitle(string id, string title) => Set(id, "title", $"\"{title}\"");
    public static Operation Delete(string id) => new Operation.Delete(Key(id));

    public static Transaction Transaction(string txId, params Operation[] operations) =>
        new() { TxId = txId, AuthorId = "alice", Operations = [.. operations], ClientTimestamp = 1_800_000_000_000 };

    public static Query TodosOf(string list, int? limit = null) => new()
    {
        Table = "todos",
        Where = [new QueryCondition.EqualTo(FieldPath.Of("listId"), CanonicalJson.From(list))],
        OrderBy = [new SortField(FieldPath.Of("order"))],
        Limit = limit,
    };

    public static Receipt Accepted(Transaction transaction) => new() { TxId = transaction.TxId, AuthorId = "alice", IsAccepted = true };

    public static Receipt Rejected(Transaction transaction, string code = "not_allowed") =>
        new() { TxId = transaction.TxId, AuthorId = "alice", IsAccepted = false, Code = code, Message = "No.", Status = 403 };
}
