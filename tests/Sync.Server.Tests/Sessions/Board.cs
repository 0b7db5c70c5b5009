using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sync.Server.Tests.Sessions;

public sealed record Card(string Id, string WorkspaceId, string Title, int Rank = 0, string? Secret = null, IReadOnlyList<string>? Tags = null, DateTimeOffset? Deleted = null, string? Hidden = null);

public sealed record Space(string Id, string Name, IReadOnlyList<string> MemberIds);

public sealed record Member(string Id, string SpaceId, string UserId);

public sealed record Note(string Id, string Text);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Card))]
[JsonSerializable(typeof(Space))]
[JsonSerializable(typeof(Member))]
[JsonSerializable(typeof(Note))]
internal sealed partial class BoardJson : JsonSerializerContext;

/// <summary>
/// Cards of a space are for its members. Each has a field that its rules must see and no session may: whatever they test, tests in this folder test that too. Notes are for those who have a row in the members' table
/// of the space "notes".
/// </summary>
internal static class Board
{
    /// <summary>Begins the hidden field of every card.</summary>
    public const string HiddenText = "#hidden#";

    public static SyncModel Model { get; } = SyncModel.Create(m =>
    {
        m.Table("cards", BoardJson.Default.Card).Index(c => c.WorkspaceId).Index(c => c.Tags).SoftDelete(c => c.Deleted).ServerOnly(c => c.Hidden);
        m.Table("spaces", BoardJson.Default.Space).Index(s => s.MemberIds);
        m.Table("members", BoardJson.Default.Member).Index(x => x.UserId).ServerOnly();
        m.Table("notes", BoardJson.Default.Note).Small();
    });

    public static Query CardsOf(string space) => new() { Table = "cards", Where = [new QueryCondition.EqualTo(FieldPath.Of("workspaceId"), CanonicalJson.From(space))] };

    public static Query FirstCardsOf(string space, int limit) => CardsOf(space) with { OrderBy = [new SortField(FieldPath.Of("rank"))], Limit = limit };

    public static Query AllNotes { get; } = new() { Table = "notes" };

    internal sealed class CardRules : Permissions<Card>
    {
        public override bool MayRead(Caller caller, Card card, Related related) => card.Hidden?.StartsWith(HiddenText, StringComparison.Ordinal) == true && related.Get<Space>(card.WorkspaceId)?.MemberIds.Contains(caller.UserId) == true;

        public override Verdict MayWrite(Caller caller, Change<Card> change, Related related) => change.Sides.All(c => MayRead(caller, c, related)) ? Verdict.Allow : Verdict.Deny("not_a_member");
    }

    internal sealed class SpaceRules : Permissions<Space>
    {
        public override bool MayRead(Caller caller, Space space, Related related) => space.MemberIds.Contains(caller.UserId);

        public override Verdict MayWrite(Caller caller, Change<Space> change, Related related) => Verdict.Deny();
    }

    internal sealed class NoteRules : Permissions<Note>
    {
        public override bool MayRead(Caller caller, Note note, Related related) => related.Where<Member, string>(m => m.UserId, caller.UserId).Any(m => m.SpaceId == "notes");

        public override Verdict MayWrite(Caller caller, Change<Note> change, Related related) => Verdict.Allow;
    }
}
