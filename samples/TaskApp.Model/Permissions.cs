using Sync;

namespace TaskApp.Model;

/// <summary>
/// Members read and write the tasks of a workspace. A task that moves needs membership on both sides. A title all in capitals is refused: rules run at the
/// server alone, so this one shows what becomes of a write that looked fine on the device.
/// </summary>
public sealed class TaskPermissions : Permissions<TaskItem>
{
    public override bool MayRead(Caller caller, TaskItem task, Related related) =>
        related.Get<Workspace>(task.WorkspaceId)?.Has(caller.UserId) == true;

    public override Verdict MayWrite(Caller caller, Change<TaskItem> change, Related related)
    {
        if (!change.Sides.All(task => MayRead(caller, task, related))) return Verdict.Deny("not_a_member");

        if (change.After is not { } after) return Verdict.Allow;
        if (after.CreatedBy != (change.Before?.CreatedBy ?? caller.UserId)) return Verdict.Deny("wrong_creator");
        return after.Title != change.Before?.Title && IsShouted(after.Title) ? Verdict.Deny("title_shouted") : Verdict.Allow;
    }

    private static bool IsShouted(string title) => title.Count(char.IsLetter) > 3 && !title.Any(char.IsLower);
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
