namespace Sync.Server;

/// <summary>
/// Runs the read rules over <see cref="RecordSource"/>. What they ask for and is not known is loaded and they run again, a bounded number of
/// rounds, then there is no access. Callers that are the app's own code may read everything.
/// </summary>
internal sealed class Judge
{
    /// <summary>Completes at once when all that the rules look at is known.</summary>
    public ValueTask<ReadJudgement> MayReadAsync(Caller caller, IReadOnlyList<Record> records, CancellationToken cancellationToken) => throw new NotImplementedException();

    public ValueTask<ReadableJudgement> ReadableAsync(Caller caller, string table, CancellationToken cancellationToken) => throw new NotImplementedException();
}
