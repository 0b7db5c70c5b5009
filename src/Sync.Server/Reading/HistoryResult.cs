namespace Sync.Server;

/// <summary>A page of a record's history, or why there is none.</summary>
public sealed record HistoryResult(HistoryPage Page, ApplyError? Error = null)
{
    internal static HistoryResult Refused(string code, string message) => new(new HistoryPage([]), new ApplyError(code, message));
}
