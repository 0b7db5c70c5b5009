using System.Collections.Immutable;
using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Sync;
using Sync.Client;
using Sync.Server;

namespace MyApp.Rules;

public sealed record Organisation(string Id, string Name, IReadOnlyList<string> MemberIds);
public sealed record Workspace(string Id, string OrganisationId, string Name);
public sealed record Document(string Id, string WorkspaceId, string Text, string State = "draft");
public sealed record Membership(string Id, string WorkspaceId, string UserId, string Role);
public sealed record Comment(string Id, string WorkspaceId, string AuthorId, string Text);
public sealed record Draft(string Id, string OwnerId, string Text);
public sealed record News(string Id, string Text);
public sealed record Account(string Id, string OwnerId, string Email, string? PasswordHash = null, int FailedSignIns = 0);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Organisation))]
[JsonSerializable(typeof(Workspace))]
[JsonSerializable(typeof(Document))]
[JsonSerializable(typeof(Membership))]
[JsonSerializable(typeof(Comment))]
[JsonSerializable(typeof(Draft))]
[JsonSerializable(typeof(News))]
[JsonSerializable(typeof(Account))]
internal sealed partial class RulesJson : JsonSerializerContext;

internal static class RulesModel
{
    public static SyncModel Create() => SyncModel.Create(m =>
    {
        m.Table("organisations", RulesJson.Default.Organisation).Index(o => o.MemberIds);
        m.Table("workspaces", RulesJson.Default.Workspace).Index(w => w.OrganisationId);
        m.Table("documents", RulesJson.Default.Document).Index(d => d.WorkspaceId);
        m.Table("memberships", RulesJson.Default.Membership).Index(x => x.UserId).ServerOnly();
        m.Table("comments", RulesJson.Default.Comment).Index(c => c.WorkspaceId);
        m.Table("drafts", RulesJson.Default.Draft).Index(d => d.OwnerId);
        m.Table("news", RulesJson.Default.News).Small();
        m.Table("accounts", RulesJson.Default.Account).Index(a => a.OwnerId)
            .ServerOnly(a => a.PasswordHash)
            .ServerOnly(a => a.FailedSignIns);
    });
}

/// <summary>Who is in the workspace reads its comments; their authors change them, and nobody puts words into another's mouth.</summary>
public sealed class CommentPermissions : Permissions<Comment>
{
    public override bool MayRead(Caller caller, Comment comment, Related related) =>
        related.Where((Membership m) => m.UserId, caller.UserId).Any(m => m.WorkspaceId == comment.WorkspaceId);

    public override Verdict MayWrite(Caller caller, Change<Comment> change, Related related)
    {
        if (!change.Sides.All(comment => MayRead(caller, comment, related))) return Verdict.Deny("not_a_member");
        if (!change.Sides.All(comment => caller.Is(comment.AuthorId))) return Verdict.Deny("not_the_author");
        return change.IsCreation || change.IsDeletion || change.OnlyChanges(c => c.Text);
    }

    public override ImmutableArray<QueryCondition>? Readable(Caller caller, Related related)
    {
        var mine = related.Where((Membership m) => m.UserId, caller.UserId);
        return [related.AnyOf((Comment c) => c.WorkspaceId, mine.Select(m => m.WorkspaceId))];
    }
}

internal static class Wiring
{
    public static SyncServerBuilder AddRules(IServiceCollection services)
    {
        var organisation = new MemberPermissions<Organisation>(o => o.MemberIds);
        var workspace = new ParentPermissions<Workspace, Organisation>(w => w.OrganisationId, organisation);
        var document = new ParentPermissions<Document, Workspace>(d => d.WorkspaceId, workspace)
            .Guard(d => d.State, (caller, _, _) => caller.HasRole("editor"), "editors_only");

        return services.AddSyncServer(RulesModel.Create()).UseInMemory()
            .AddPermissions(organisation)
            .AddPermissions(workspace)
            .AddPermissions(document)
            .AddPermissions<Comment, CommentPermissions>()
            .AddPermissions(new OwnerPermissions<Draft>(d => d.OwnerId).Or(new RolePermissions<Draft>("admin")))
            .AddPermissions(new SignedInPermissions<News>())
            .AddPermissions(new OwnerPermissions<Account>(a => a.OwnerId));
    }

    public static async Task SetPasswordAsync(SyncServer server, string accountId, string hash)
    {
        await server.WriteAsync(Caller.App("passwords"), tx => tx.Table<Account>().Set(accountId, a => a.PasswordHash, hash));
        var account = await server.Table<Account>().GetAsync(Caller.App("passwords"), accountId);
        Console.WriteLine(account?.PasswordHash == hash);
    }

    public static async Task ExplainAsync(SyncServer server)
    {
        Console.WriteLine(await server.ExplainAsync(Caller.User("bob"), new RecordKey("documents", "d1")));
        Console.WriteLine(await server.ExplainAsync(Caller.User("bob"), tx => tx.Table<Document>().Set("d1", d => d.State, "final")));
    }

    public static SyncClientBuilder AddClientRules(IServiceCollection services)
    {
        var organisation = new MemberPermissions<Organisation>(o => o.MemberIds);
        var workspace = new ParentPermissions<Workspace, Organisation>(w => w.OrganisationId, organisation);

        return services.AddSyncClient(RulesModel.Create(), o => o.Server = new Uri("https://app.example.com/api/realtime"))
            .AddPermissions(new ParentPermissions<Document, Workspace>(d => d.WorkspaceId, workspace)
                .Guard(d => d.State, (caller, _, _) => caller.HasRole("editor"), "editors_only"));
    }

    public static string? WarningFor(SyncClient client, string documentId) =>
        client.Advise(tx => tx.Table<Document>().Set(documentId, d => d.State, "final")) switch
        {
            WriteAdvice.Denied { Code: "editors_only" } => "Only editors can finish a document.",
            WriteAdvice.Denied denied => $"This will be refused ({denied.Code}).",
            _ => null,
        };

    public static Task SignInAsync(SyncClient client, ClaimsPrincipal ann) =>
        client.SignInAsync(new SyncUser("ann") { Principal = ann });
}
