using System.Text.Json;
using System.Text.Json.Serialization;
using Sync;

namespace MyApp.Model;

public sealed record Workspace(string Id, string Name, string OwnerId, IReadOnlyList<string> MemberIds);

public sealed record TaskItem(string Id, string WorkspaceId, string Title, TaskState Status)
{
    public DateOnly? DueDate { get; init; }
    public IReadOnlyList<string> Tags { get; init; } = [];
    public DateTimeOffset? UpdatedAt { get; init; }
}

public enum TaskState { Todo, InProgress, Done }

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true)]
[JsonSerializable(typeof(Workspace)), JsonSerializable(typeof(TaskItem))]
public sealed partial class AppJson : JsonSerializerContext;

public static class AppModel
{
    public static SyncModel Create() => SyncModel.Create(m =>
    {
        m.Table("workspaces", AppJson.Default.Workspace).Index(w => w.MemberIds);
        m.Table("tasks", AppJson.Default.TaskItem)
            .Index(t => t.WorkspaceId)
            .Validate(t => t.Title.Length is > 0 and <= 200, "title_length");
    });
}
