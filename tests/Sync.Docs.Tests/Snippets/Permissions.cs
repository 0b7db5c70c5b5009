using Sync;

namespace MyApp.Model;

/// <summary>Members read a workspace; only its owner changes it.</summary>
public sealed class WorkspacePermissions : Permissions<Workspace>
{
    public override bool MayRead(Caller caller, Workspace workspace, Related related) => workspace.MemberIds.Contains(caller.UserId);

    public override Verdict MayWrite(Caller caller, Change<Workspace> change, Related related) =>
        change.Sides.All(workspace => workspace.OwnerId == caller.UserId) ? Verdict.Allow : Verdict.Deny("only_the_owner");
}

/// <summary>Members read and write the tasks of their workspaces. A task that moves needs membership on both sides.</summary>
public sealed class TaskPermissions : Permissions<TaskItem>
{
    public override bool MayRead(Caller caller, TaskItem task, Related related) =>
        related.Get<Workspace>(task.WorkspaceId)?.MemberIds.Contains(caller.UserId) == true;

    public override Verdict MayWrite(Caller caller, Change<TaskItem> change, Related related) =>
        change.Sides.All(task => MayRead(caller, task, related)) ? Verdict.Allow : Verdict.Deny("not_a_member");
}
