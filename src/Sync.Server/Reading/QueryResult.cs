namespace Sync.Server;

/// <summary>A query's readable records, or why it was refused.</summary>
public sealed record QueryResult(IReadOnlyList<Record> Records, ApplyError? Error = null);
