namespace TaskApp.Model;

/// <summary>A board and the people who share it.</summary>
public sealed record Workspace(string Id, string Name, string OwnerId)
{
    /// <summary>All who share it, viewers too.</summary>
    public IReadOnlyList<string> MemberIds { get; init; } = [];

    /// <summary>Those of the members who may look and not change.</summary>
    public IReadOnlyList<string> ViewerIds { get; init; } = [];
    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
    public DateTimeOffset? Deleted { get; init; }

    public bool Has(string userId) => OwnerId == userId || MemberIds.Contains(userId);

    public bool MayChange(string userId) => OwnerId == userId || (MemberIds.Contains(userId) && !ViewerIds.Contains(userId));
}
