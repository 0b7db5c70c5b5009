using System.Globalization;
using Sync;
using TaskApp.Client.Board;

namespace TaskApp.Client.History;

/// <summary>What an entry of a task's history says, in clauses that follow a name: "changed the title from “a” to “b”".</summary>
internal static class HistoryWords
{
    private const int MaxQuoted = 80;

    public static IReadOnlyList<string> Of(HistoryEntry entry, People people) => entry.Kind switch
    {
        HistoryKind.Created => [Title(entry.After) is { } title ? $"added the task {Quoted(title)}" : "added the task"],
        HistoryKind.Deleted => ["deleted the task"],
        HistoryKind.Restored => ["brought the task back"],
        HistoryKind.Changed => Changed(entry, people),
        _ => throw new ArgumentOutOfRangeException(nameof(entry), entry.Kind, null),
    };

    private static IReadOnlyList<string> Changed(HistoryEntry entry, People people)
    {
        if (entry.Before is null || entry.After is null) return ["moved the task between workspaces"];

        string[] clauses = [.. entry.Fields.Select(field => Clause(field, people)).OfType<string>()];
        if (clauses.Length > 0) return clauses;
        return entry.Fields.Any(field => field.Path.Root == "orderIndex") ? ["moved the task within its column"] : ["saved the task as it was"];
    }

    /// <summary>Null for what is the app's business.</summary>
    private static string? Clause(FieldChange field, People people)
    {
        var (before, after) = (field.Before.AsString(), field.After.AsString());
        return field.Path.Root switch
        {
            "title" => $"changed the title from {Quoted(before)} to {Quoted(after)}",
            "status" => $"moved it from {State(before)} to {State(after)}",
            "assigneeId" when after is null => $"took it from {people.NameOf(before ?? "")}",
            "assigneeId" when before is null => $"gave it to {people.NameOf(after)}",
            "assigneeId" => $"passed it from {people.NameOf(before)} to {people.NameOf(after)}",
            "dueDate" when after is null => $"took away the date {Day(before)}",
            "dueDate" when before is null => $"set the date to {Day(after)}",
            "dueDate" => $"moved the date from {Day(before)} to {Day(after)}",
            "description" when after is null => "took away the description",
            "description" when before is null => $"described it: {Quoted(after)}",
            "description" => $"changed the description to {Quoted(after)}",
            "workspaceId" => "moved it to another workspace",
            _ => null,
        };
    }

    private static string? Title(Record? record) => record?.Fields.Members.FirstOrDefault(member => member.Key == "title").Value.AsString();

    private static string State(string? wire) => TaskStates.Find(wire) is { } state ? $"“{state.Label()}”" : "another state";

    private static string Day(string? text) => DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? $"{day:d MMMM yyyy}" : text ?? "none";

    private static string Quoted(string? text) => text is null ? "nothing" : $"“{(text.Length <= MaxQuoted ? text : text[..MaxQuoted].TrimEnd() + "…")}”";
}
