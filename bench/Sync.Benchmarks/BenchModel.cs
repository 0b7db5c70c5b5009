using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sync.Benchmarks;

/// <summary>The guide's task, as an app would declare it, readable and writable by everybody.</summary>
internal sealed record BenchTask(string Id, string WorkspaceId, string Title, string? Description, string Status, string? AssigneeId, DateOnly? DueDate, int OrderIndex, string CreatedBy, DateTimeOffset? CreatedAt = null)
{
    public static readonly SyncModel Model = SyncModel.Create(m => m.Table("tasks", BenchJson.Default.BenchTask).Index(t => t.WorkspaceId).Index(t => t.Status));

    public static BenchTask Make(int i, int workspaces = 50) =>
        new(SampleRecords.Id(i), $"workspace-{i % workspaces}", $"Write report {i}", null, (i % 3) switch { 0 => "todo", 1 => "in_progress", _ => "done" }, $"user-{i % 97}", new DateOnly(2026, 2, i % 28 + 1), i, $"user-{i % 31}");
}

internal sealed class OpenToAll : Permissions<BenchTask>
{
    public override bool MayRead(Caller caller, BenchTask record, Related related) => true;
    public override Verdict MayWrite(Caller caller, Change<BenchTask> change, Related related) => Verdict.Allow;
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(BenchTask))]
internal sealed partial class BenchJson : JsonSerializerContext;
