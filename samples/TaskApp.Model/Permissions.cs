using Sync;

namespace TaskApp.Model;

/// <summary>Members read and write the tasks of a workspace. A task that moves needs membership on both sides.</summary>
public sealed class TaskPermissions : Permissions<TaskItem>
{
    public override bool MayRead(Caller caller, TaskItem task, Related related) =>
        related.Get<Workspace>(task.WorkspaceId)?.Has(caller.UserId) == true;

    public override Verdict MayWrite(Caller caller, Change<TaskItem> change, Related related)
    {
        if (!change.Sides.All(task => MayRead(caller, task, related))) return Verdict.Deny("not_a_member");

        var author = change.Before?.CreatedBy ?? caller.UserId;
        return change.After is { } after && after.CreatedBy != author ? Verdict.Deny("wrong_creator") : Verdict.Allow;
    }
}

/// <summary>Members read a workspace; only its owner changes it.</summary>
public sealed class WorkspacePermissions : Permissions<Workspace>
{
    public override bool MayRead(Caller caller, Workspace workspace, Related related) => workspace.Has(caller.UserId);

    public override Verdict MayWrite(Caller caller, Change<Workspace> change, Related related) =>
        change.Sides.All(workspace => workspace.OwnerId == caller.UserId) ? Verdict.Allow : Verdict.Deny("not_the_owner");
}

/// <summary>People see those with whom they share a workspace, and change nothing but their own name.</summary>
public sealed class UserPermissions : Permissions<AppUser>
{
    public override bool MayRead(Caller caller, AppUser user, Related related) =>
        user.Id == caller.UserId || WorkspacesOf(caller, related).Any(workspace => workspace.Has(user.Id));

    public override Verdict MayWrite(Caller caller, Change<AppUser> change, Related related) =>
        change is { Before: { } before, After: { } after } && before.Id == caller.UserId && after == before with { Name = after.Name };

    private static IEnumerable<Workspace> WorkspacesOf(Caller caller, Related related) =>
        [.. related.Where<Workspace, IReadOnlyList<string>>(w => w.MemberIds, caller.UserId), .. related.Where<Workspace, string>(w => w.OwnerId, caller.UserId)];
}
