namespace Sync.Server;

/// <summary>
/// The entry of the change log by which every node of a store learns that a user's sessions end: accepted, without changes, with the one operation
/// <c>{"type":"endSessions","user":"…"}</c>. No user can write one, since it is no operation of a transaction; the app's change feed leaves it out.
/// </summary>
internal static class SessionsEnd
{
    public static readonly Caller Author = Caller.App("sync");

    private const string Type = "endSessions";

    public static CanonicalJson OperationsFor(string userId) =>
        CanonicalJson.List([CanonicalJson.Object([new("type", CanonicalJson.From(Type)), new("user", CanonicalJson.From(userId))])]);

    /// <summary>Whose sessions end; null for any other entry.</summary>
    public static string? UserOf(LogEntry entry) =>
        entry.Changes.Count == 0 && entry.Operations.Elements.FirstOrDefault() is var operation && operation["type"].AsString() == Type ? operation["user"].AsString() : null;
}
