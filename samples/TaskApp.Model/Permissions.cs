using Sync;

namespace TaskApp.Model;

/// <summary>
/// Members read and write the tasks of a workspace, viewers only read. A task that moves needs membership on both sides. A title all in capitals is refused:
/// rules run at the server alone, so this one shows what becomes of a write that looked fine on the device.
/// </summary>
public sealed class TaskPermissions : Permissions<TaskItem>
{
    public override bool MayRead(Caller caller, TaskItem task, Related related) =>
        related.Get<Workspace>(task.WorkspaceId)?.Has(caller.UserId) == true;

    public override Verdict MayWrite(Caller caller, Change<TaskItem> change, Related related)
    {
        if (!change.Sides.All(task => MayRead(caller, task, related))) return Verdict.Deny("not_a_member");
        if (!change.Sides.All(task => related.Get<Workspace>(task.WorkspaceId)?.MayChange(caller.UserId) == true)) return Verdict.Deny("viewer");

        if (change.After is not { } after) return Verdict.Allow;
        if (after.CreatedBy != (change.Before?.CreatedBy ?? caller.UserId)) return Verdict.Deny("wrong_creator");
        return after.Title != change.Before?.Title && IsShouted(after.Title) ? Verdict.Deny("title_shouted") : Verdict.Allow;
    }

    private static bool IsShouted(string title) => title.Count(char.IsLetter) > 3 && !title.Any(char.IsLower);
}

/// <summary>
/// Members read a workspace and only its owner changes it, but for one thing: everybody may leave. An owner who adds somebody learns whether there is such a
/// user; that is wanted, as the two need not share anything yet.
/// </summary>
public sealed class WorkspacePermissions : Permissions<Workspace>
{
    public override bool MayRead(Caller caller, Workspace workspace, Related related) => workspace.Has(caller.UserId);

    public override Verdict MayWrite(Caller caller, Change<Workspace> change, Related related)
    {
        if (change is { Before: { } before, After: { } left } && IsLeaving(caller.UserId, before, left)) return Verdict.Allow;
        if (!change.Sides.All(workspace => workspace.OwnerId == caller.UserId)) return Verdict.Deny("not_the_owner");

        var added = change.After?.MemberIds.Except(change.Before?.MemberIds ?? []) ?? [];
        return added.All(id => related.Get<AppUser>(id) is not null) ? Verdict.Allow : Verdict.Deny("no_such_user");
    }

    /// <summary>The caller's own id is gone from both lists, and nothing else changed.</summary>
    private static bool IsLeaving(string userId, Workspace before, Workspace after) =>
        before.MemberIds.Contains(userId)
        && after.MemberIds.SequenceEqual(before.MemberIds.Where(id => id != userId))
        && after.ViewerIds.SequenceEqual(before.ViewerIds.Where(id => id != userId))
        && after with { MemberIds = before.MemberIds, ViewerIds = before.ViewerIds } == before;
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
