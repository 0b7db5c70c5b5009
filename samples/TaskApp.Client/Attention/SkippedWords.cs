using Sync.Client;

namespace TaskApp.Client.Attention;

/// <summary>Says what an undo left alone, and why.</summary>
internal static class SkippedWords
{
    /// <summary>Null where there is nothing to say: a refused undo is in the tray, and times are the app's business.</summary>
    public static string? Of(string? label, UndoReport report)
    {
        if (report.Skipped.Any(change => change.Reason == SkipReason.Gone)) return $"{Quoted(label)} can't be taken back: it is no longer there.";

        string[] fields = [.. report.Skipped.Where(change => change.Reason == SkipReason.ChangedSince).Select(change => Name(change.Field)).OfType<string>().Distinct()];
        return fields.Length == 0 ? null : $"Somebody changed {Joined(fields)} since; {(fields.Length == 1 ? "it was" : "they were")} left alone.";
    }

    private static string? Name(string field) => field switch
    {
        "title" => "the title",
        "description" => "the description",
        "status" => "the status",
        "assigneeId" => "who does it",
        "dueDate" => "the date",
        "orderIndex" => "the order",
        "name" => "the name",
        "memberIds" or "viewerIds" => "the members",
        "id" or "deleted" => "it",
        _ => null,
    };

    private static string Joined(string[] names) => names.Length == 1 ? names[0] : $"{string.Join(", ", names[..^1])} and {names[^1]}";

    private static string Quoted(string? label) => string.IsNullOrEmpty(label) ? "That" : $"“{label}”";
}
