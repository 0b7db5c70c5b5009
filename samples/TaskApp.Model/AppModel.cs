using Sync;

namespace TaskApp.Model;

/// <summary>The tables of the app, the same on both ends.</summary>
public static class AppModel
{
    public const int MaxTitleLength = 200;
    public const int MaxNameLength = 100;

    public static SyncModel Create() => SyncModel.Create(m =>
    {
        m.Table("users", AppJson.Default.AppUser);

        m.Table("workspaces", AppJson.Default.Workspace)
            .Index(w => w.OwnerId)
            .Index(w => w.MemberIds)
            .SoftDelete(w => w.Deleted)
            .Validate(w => IsText(w.Name, MaxNameLength), "name_length");

        m.Table("tasks", AppJson.Default.TaskItem)
            .Index(t => t.WorkspaceId)
            .SoftDelete(t => t.Deleted)
            .Validate(t => IsText(t.Title, MaxTitleLength), "title_length");
    });

    private static bool IsText(string text, int maxLength) => text.Length <= maxLength && !string.IsNullOrWhiteSpace(text);
}
