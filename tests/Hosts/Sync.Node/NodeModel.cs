using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sync.Node;

/// <summary>Kept in a table of the app's own. <c>Count</c> is counted up by plain SQL alone.</summary>
internal sealed record Item(string Id, string Room, string Title, IReadOnlyList<string> Marks, int Count);

/// <summary>Kept in a document table.</summary>
internal sealed record Note(string Id, string Room, string Text, IReadOnlyList<string> Marks, DateTimeOffset? At = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Item))]
[JsonSerializable(typeof(Note))]
internal sealed partial class NodeJson : JsonSerializerContext;

/// <summary>What the nodes serve.</summary>
internal static class NodeModel
{
    public const string Items = "items";
    public const string Notes = "notes";
    public const string Endpoint = "api/realtime";

    public const string Tables = """
        CREATE TABLE items (id text PRIMARY KEY, version bigint NOT NULL DEFAULT 1, room text NOT NULL, title text NOT NULL, marks text[] NOT NULL DEFAULT '{}', count int NOT NULL DEFAULT 0);
        CREATE INDEX items_room ON items (room);
        """;

    public static SyncModel Create() => SyncModel.Create(m =>
    {
        m.Table(Items, NodeJson.Default.Item).Index(item => item.Room);
        m.Table(Notes, NodeJson.Default.Note).Index(note => note.Room);
    });
}
