using Sync;
using TaskApp.Client.Board;

namespace TaskApp.Client.Attention;

/// <summary>Fields and their values in the words of the board.</summary>
internal static class FieldNames
{
    private static readonly Dictionary<string, string> Known = new()
    {
        ["title"] = "Title",
        ["description"] = "Description",
        ["status"] = "Status",
        ["assigneeId"] = "Who",
        ["dueDate"] = "Due",
        ["name"] = "Name",
        ["memberIds"] = "Members",
        ["viewerIds"] = "Viewers",
        ["deleted"] = "Deleted",
        ["id"] = "All of it",
    };

    /// <summary>Orders, owners and times are the app's business.</summary>
    public static bool IsForPeople(string field) => Known.ContainsKey(field);

    public static string Of(string field) => Known.GetValueOrDefault(field, field);

    public static string Show(string field, CanonicalJson value) => value switch
    {
        { IsMissingOrNull: true } => "—",
        { Kind: JsonKind.List } => string.Join(", ", value.Elements.Select(element => Show(field, element))),
        _ when field == "status" && TaskStates.Find(value.AsString()) is { } state => state.Label(),
        _ => value.AsString() ?? value.ToString(),
    };
}
