using TaskApp.Model;

namespace TaskApp.Client.Board;

/// <summary>The members of a workspace by id. Somebody whose record is not here yet goes by the id.</summary>
public sealed class People(Workspace workspace, IReadOnlyList<AppUser> users)
{
    private readonly Dictionary<string, AppUser> _byId = users.ToDictionary(user => user.Id);

    public IReadOnlyList<string> MemberIds { get; } = workspace.MemberIds.Contains(workspace.OwnerId) ? workspace.MemberIds : [workspace.OwnerId, .. workspace.MemberIds];

    /// <summary>Those who can do a task.</summary>
    public IEnumerable<string> DoerIds => MemberIds.Where(workspace.MayChange);

    public string NameOf(string id) => _byId.TryGetValue(id, out var user) ? user.DisplayName : id;

    public string? EmailOf(string id) => _byId.GetValueOrDefault(id)?.Email;
}
