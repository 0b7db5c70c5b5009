using System.Text.Json;
using System.Text.Json.Serialization;
using Sync.Server;

namespace Sync.Simulation;

/// <summary>A card lies in a space and is for those who are in the space.</summary>
public sealed record Card(
    string Id, string SpaceId, string Title, int Rank = 0, bool Done = false, IReadOnlyList<string>? Tags = null, DateTimeOffset? TouchedAt = null, string? Note = null, Place? Place = null);

public sealed record Place(int? X = null, int? Y = null);

public sealed record Space(string Id, string Name, IReadOnlyList<string> MemberIds);

/// <summary>A guest may read a space without being its member. Never leaves the server.</summary>
public sealed record Guest(string Id, string SpaceId, string UserId);

/// <summary>Deleted notes stay, with the time of their deletion.</summary>
public sealed record Memo(string Id, string SpaceId, string Text, DateTimeOffset? DeletedAt = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Card))]
[JsonSerializable(typeof(Space))]
[JsonSerializable(typeof(Guest))]
[JsonSerializable(typeof(Memo))]
internal sealed partial class BoardJson : JsonSerializerContext;

internal static class BoardModel
{
    public static SyncModel Create() => SyncModel.Create(m =>
    {
        m.Table("cards", BoardJson.Default.Card).Index(c => c.SpaceId).Index(c => c.Tags).Index(c => c.Rank).Validate(c => c.Title.Length <= 12, "title_length");
        m.Table("spaces", BoardJson.Default.Space).Index(s => s.MemberIds);
        m.Table("guests", BoardJson.Default.Guest).Index(g => g.UserId).ServerOnly();
        m.Table("memos", BoardJson.Default.Memo).Index(n => n.SpaceId).SoftDelete(n => n.DeletedAt);
    });
}

internal sealed class CardPermissions : Permissions<Card>
{
    public override bool MayRead(Caller caller, Card card, Related related) => BoardRules.MayRead(caller, card.SpaceId, related);

    public override Verdict MayWrite(Caller caller, Change<Card> change, Related related)
    {
        if (!change.Sides.All(card => BoardRules.IsMember(caller, card.SpaceId, related))) return Verdict.Deny("not_a_member");
        return change.After?.Title == "locked" ? Verdict.Deny("locked") : Verdict.Allow;
    }
}

internal sealed class MemoPermissions : Permissions<Memo>
{
    public override bool MayRead(Caller caller, Memo memo, Related related) => BoardRules.MayRead(caller, memo.SpaceId, related);

    public override Verdict MayWrite(Caller caller, Change<Memo> change, Related related) => change.Sides.All(memo => BoardRules.IsMember(caller, memo.SpaceId, related));
}

internal sealed class SpacePermissions : Permissions<Space>
{
    public override bool MayRead(Caller caller, Space space, Related related) => space.MemberIds.Contains(caller.UserId);

    public override Verdict MayWrite(Caller caller, Change<Space> change, Related related) =>
        change.Before is { } before && change.After is { } after && before.MemberIds.Contains(caller.UserId) && before.MemberIds.SequenceEqual(after.MemberIds);
}

internal static class BoardRules
{
    public static bool IsMember(Caller caller, string spaceId, Related related) => related.Get<Space>(spaceId)?.MemberIds.Contains(caller.UserId) == true;

    public static bool MayRead(Caller caller, string spaceId, Related related) =>
        IsMember(caller, spaceId, related) || related.Where<Guest, string>(g => g.UserId, caller.UserId).Any(guest => guest.SpaceId == spaceId);
}
