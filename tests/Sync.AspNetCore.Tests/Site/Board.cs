using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sync.AspNetCore.Tests.Site;

// The guide's first app: workspaces and their tasks.
public sealed record Workspace(string Id, string Name, string OwnerId, IReadOnlyList<string> MemberIds);

public sealed record BoardTask(
    string Id, string WorkspaceId, string Title, string Status, int OrderIndex, string CreatedBy, string? Description = null, DateTimeOffset? UpdatedAt = null,
    IReadOnlyList<string>? Labels = null, JsonElement? Details = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Workspace)), JsonSerializable(typeof(BoardTask))]
internal sealed partial class BoardJson : JsonSerializerContext;

internal static class Board
{
    public static SyncModel Model { get; } = SyncModel.Create(m =>
    {
        m.Table("workspaces", BoardJson.Default.Workspace).Index(w => w.MemberIds);
        m.Table("tasks", BoardJson.Default.BoardTask).Index(t => t.WorkspaceId).Validate(t => t.Title.Length <= 200, "title_length");
    });
}

public sealed class WorkspacePermissions : Permissions<Workspace>
{
    public override bool MayRead(Caller caller, Workspace workspace, Related related) => workspace.MemberIds.Contains(caller.UserId);

    public override Verdict MayWrite(Caller caller, Change<Workspace> change, Related related) =>
        change.Sides.All(w => w.OwnerId == caller.UserId) ? Verdict.Allow : Verdict.Deny("only_the_owner");
}

public sealed class BoardTaskPermissions : Permissions<BoardTask>
{
    public override bool MayRead(Caller caller, BoardTask task, Related related) =>
        related.Get<Workspace>(task.WorkspaceId)?.MemberIds.Contains(caller.UserId) == true;

    public override Verdict MayWrite(Caller caller, Change<BoardTask> change, Related related) =>
        change.Sides.All(task => MayRead(caller, task, related)) ? Verdict.Allow : Verdict.Deny("not_a_member");
}
