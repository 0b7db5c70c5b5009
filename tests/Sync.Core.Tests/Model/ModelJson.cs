using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sync.Core.Tests;

internal enum TaskState { Todo, Doing, Done }

internal enum Level { Low = 1, High = 2 }

[Flags]
internal enum Marks { None = 0, Red = 1, Blue = 2 }

internal sealed record TaskItem(string Id, string WorkspaceId, string Title, TaskState Status, DateOnly? DueDate, IReadOnlyList<string> Tags, DateTimeOffset? UpdatedAt = null, int Priority = 0)
{
    public string Heading => $"{Status}: {Title}";
}

internal sealed record Workspace(string Id, string Name, IReadOnlyList<string> MemberIds);

internal sealed record Address(string City, string? Street, Address? Former = null)
{
    [JsonIgnore]
    public string Label => $"{Street} {City}";
}

internal sealed class Person
{
    public required string Id { get; init; }
    public long Version { get; init; }
    public required string Name { get; set; }
    public required string? Nickname { get; set; }
    public string Motto { get; set; } = "";
    public string Born { get; init; } = "unknown";
    public Address? Home { get; set; }
    public List<Address> Places { get; set; } = [];
    public Dictionary<string, int> Scores { get; set; } = [];
    public Guid? TeamId { get; set; }
    public DateTime? SeenAt { get; set; }
    public DateTimeOffset? Deleted { get; set; }
    public Level? Level { get; set; }
    public Marks Marks { get; set; }

    [JsonConverter(typeof(JsonStringEnumConverter<TaskState>))]
    public TaskState Mood { get; set; }

    [JsonConverter(typeof(JsonStringEnumConverter<TaskState>))]
    public TaskState? Feeling { get; set; }

    [JsonIgnore]
    public string Secret { get; set; } = "";

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? More { get; set; }
}

internal sealed record Membership(string Id, string UserId, string WorkspaceId);

internal sealed record Numbered(int Id, string Name);

internal sealed record Strict(string Id, string Name);

internal sealed record Counted(string Id, string Version);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(TaskItem))]
[JsonSerializable(typeof(Workspace))]
[JsonSerializable(typeof(Membership))]
[JsonSerializable(typeof(Numbered))]
[JsonSerializable(typeof(Counted))]
internal sealed partial class ModelJson : JsonSerializerContext;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Person))]
internal sealed partial class PeopleJson : JsonSerializerContext;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(Strict))]
internal sealed partial class StrictJson : JsonSerializerContext;

[JsonSerializable(typeof(Workspace))]
internal sealed partial class PlainJson : JsonSerializerContext;
