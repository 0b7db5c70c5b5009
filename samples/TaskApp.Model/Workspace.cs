namespace TaskApp.Model;

/// <summary>A board and the people who share it.</summary>
public sealed record Workspace(string Id, string Name, string OwnerId)
{
    public IReadOnlyList<string> MemberIds { get; init; } = [];
    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
    public DateTimeOffset? Deleted { get; init; }

    public bool Has(string userId) => OwnerId == userId || MemberIds.Contains(userId);
}
