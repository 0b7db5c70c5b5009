namespace Sync.Server.Tests.Sessions;

/// <summary>Operations on the board, so that a test shows only what matters.</summary>
internal static class Ops
{
    public static RecordKey CardKey(string id) => new("cards", id);
    public static RecordKey SpaceKey(string id) => new("spaces", id);

    public static Operation Card(string id, string space, string title = "Card", int rank = 0) => new Operation.Create(
        CardKey(id), Json($$"""{"workspaceId":"{{space}}","title":"{{title}}","rank":{{rank}},"hidden":"{{Board.HiddenText}}"}"""));

    public static Operation Space(string id, params string[] members) => new Operation.Create(
        SpaceKey(id), Json($$"""{"name":"{{id}}","memberIds":[{{string.Join(',', members.Select(m => $"\"{m}\""))}}]}"""));

    public static Operation Note(string id, string text = "Note") => new Operation.Create(new RecordKey("notes", id), Json($$"""{"text":"{{text}}"}"""));

    public static Operation Set(string id, string field, string json) => new Operation.Set(CardKey(id), FieldPath.Of(field), Json(json));

    public static Operation Rename(string id, string title) => Set(id, "title", $"\"{title}\"");

    public static Operation Join(string space, string user) => new Operation.ListInsert(SpaceKey(space), FieldPath.Of("memberIds"), CanonicalJson.From(user), ListPosition.AtEnd);

    public static Operation Leave(string space, string user) => new Operation.ListRemove(SpaceKey(space), FieldPath.Of("memberIds"), CanonicalJson.From(user));

    public static Operation Delete(string id) => new Operation.Delete(CardKey(id));

    public static CanonicalJson Json(string json) => CanonicalJson.Parse(json);
}
