using System.Text.Json;
using System.Text.Json.Serialization;
using Sync.Server;

namespace Sync.AspNetCore.Tests.Site;

// Rights that hang on records two levels up and on rows of a membership table.
public sealed record Team(string Id, string Name, IReadOnlyList<string> MemberIds);
public sealed record Membership(string Id, string TeamId, string UserId);
public sealed record Project(string Id, string TeamId);
public sealed record Doc(string Id, string ProjectId, string Text, string? Comment = null);
public sealed record Person(string Id, string TeamId, string Name, string? PasswordHash = null);
public sealed record ApiKey(string Id, string UserId, string Value);
public sealed record Memo(string Id, string OwnerId, int Count = 0);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Team)), JsonSerializable(typeof(Membership)), JsonSerializable(typeof(Project)), JsonSerializable(typeof(Doc)), JsonSerializable(typeof(Memo)), JsonSerializable(typeof(Person)), JsonSerializable(typeof(ApiKey))]
internal sealed partial class LibraryJson : JsonSerializerContext;

internal static class Library
{
    public const string Secret = "the merger with Acme is on Friday";

    public static SyncModel Model { get; } = SyncModel.Create(m =>
    {
        m.Table("teams", LibraryJson.Default.Team).Index(t => t.MemberIds);
        m.Table("memberships", LibraryJson.Default.Membership).Index(s => s.UserId);
        m.Table("projects", LibraryJson.Default.Project).Index(p => p.TeamId);
        m.Table("docs", LibraryJson.Default.Doc).Index(d => d.ProjectId);
        m.Table("persons", LibraryJson.Default.Person).Index(p => p.TeamId).Index(p => p.PasswordHash).ServerOnly(p => p.PasswordHash);
        m.Table("apikeys", LibraryJson.Default.ApiKey).Index(k => k.UserId).ServerOnly();
        m.Table("memos", LibraryJson.Default.Memo).Index(n => n.OwnerId);
    });

    public static SyncServerBuilder AddRules(SyncServerBuilder builder) => builder
        .AddPermissions<Team, TeamPermissions>()
        .AddPermissions<Membership, MembershipPermissions>()
        .AddPermissions<Project, ProjectPermissions>()
        .AddPermissions<Doc, DocPermissions>()
        .AddPermissions<Person, PersonPermissions>()
        .AddPermissions<Memo, MemoPermissions>();

    public static bool IsMember(string userId, string teamId, Related related) =>
        related.Get<Team>(teamId) is { } team
        && (team.MemberIds.Contains(userId) || related.Where<Membership, string>(s => s.UserId, userId).Any(s => s.TeamId == teamId));
}

public sealed class TeamPermissions : Permissions<Team>
{
    public override bool MayRead(Caller caller, Team team, Related related) => Library.IsMember(caller.UserId, team.Id, related);
    public override Verdict MayWrite(Caller caller, Change<Team> change, Related related) => Verdict.Deny();
}

public sealed class MembershipPermissions : Permissions<Membership>
{
    public override bool MayRead(Caller caller, Membership membership, Related related) => membership.UserId == caller.UserId;
    public override Verdict MayWrite(Caller caller, Change<Membership> change, Related related) => Verdict.Deny();
}

public sealed class ProjectPermissions : Permissions<Project>
{
    public override bool MayRead(Caller caller, Project project, Related related) => Library.IsMember(caller.UserId, project.TeamId, related);
    public override Verdict MayWrite(Caller caller, Change<Project> change, Related related) => Verdict.Deny();
}

public sealed class DocPermissions : Permissions<Doc>
{
    public override bool MayRead(Caller caller, Doc doc, Related related) =>
        related.Get<Project>(doc.ProjectId) is { } project && Library.IsMember(caller.UserId, project.TeamId, related);

    public override Verdict MayWrite(Caller caller, Change<Doc> change, Related related) => change.Sides.All(doc => MayRead(caller, doc, related));
}

public sealed class MemoPermissions : Permissions<Memo>
{
    public override bool MayRead(Caller caller, Memo memo, Related related) => memo.OwnerId == caller.UserId;
    public override Verdict MayWrite(Caller caller, Change<Memo> change, Related related) => change.Sides.All(memo => memo.OwnerId == caller.UserId);
}

public sealed class PersonPermissions : Permissions<Person>
{
    public override bool MayRead(Caller caller, Person person, Related related) => Library.IsMember(caller.UserId, person.TeamId, related);
    public override Verdict MayWrite(Caller caller, Change<Person> change, Related related) => change.Sides.All(person => MayRead(caller, person, related));
}
