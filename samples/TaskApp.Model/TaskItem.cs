using System.Text.Json.Serialization;

namespace TaskApp.Model;

/// <summary>One task of a workspace. It is created with what the constructor asks for; all else has defaults.</summary>
public sealed record TaskItem(string Id, string WorkspaceId, string Title, TaskState Status, int OrderIndex, string CreatedBy)
{
    public string? Description { get; init; }
    public string? AssigneeId { get; init; }
    public DateOnly? DueDate { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
    public DateTimeOffset? Deleted { get; init; }
}

public enum TaskState
{
    [JsonStringEnumMemberName("todo")] Todo,
    [JsonStringEnumMemberName("in_progress")] InProgress,
    [JsonStringEnumMemberName("done")] Done,
}
