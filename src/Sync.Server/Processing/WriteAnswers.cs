namespace Sync.Server;

/// <summary>Tells a writer what became of a transaction, with the records as they are now and as far as today's rights go.</summary>
internal sealed class WriteAnswers(Judge judge, RecordSource source)
{
    public async ValueTask<WriteResult> AnswerAsync(Caller caller, Transaction transaction, Outcome outcome, CancellationToken cancellationToken)
    {
        if (outcome.Refusal is { } refusal) return new WriteResult { Refusal = refusal };

        var stored = outcome.Stored ?? throw new InvalidOperationException("An outcome has a receipt or a refusal.");
        await source.CatchUpAsync(stored.Revision, cancellationToken).ConfigureAwait(false); // It may have been committed on another node just now.
        RecordKey[] keys = KeysToTell(stored.Receipt, transaction);
        var readable = await judge.ReadAsync(caller, keys, cancellationToken).ConfigureAwait(false);
        var records = new RecordMap(readable.Records);
        return new WriteResult
        {
            Receipt = stored.Receipt,
            Revision = stored.Revision,
            ReadAt = readable.Revision,
            Records = records,
            Written = await WrittenAsync(caller, records, outcome.Changes, cancellationToken).ConfigureAwait(false),
            Gone = stored.Receipt.IsAccepted ? [.. keys.Where(key => records[key] is null)] : [],
        };
    }

    private async ValueTask<RecordMap> WrittenAsync(Caller caller, RecordMap now, IReadOnlyList<RecordChange> changes, CancellationToken cancellationToken)
    {
        Record[] older = [.. changes.Select(change => change.After).Where(record => !record.IsDeleted && now[record.Key]?.Version > record.Version)];
        if (older.Length == 0) return now;

        var judgement = await judge.MayReadAsync(caller, older, cancellationToken).ConfigureAwait(false);
        var written = new RecordMap(now);
        foreach (var record in judgement.Seen.OfType<Record>()) written.Add(record);
        return written;
    }

    private static RecordKey[] KeysToTell(Receipt receipt, Transaction transaction)
    {
        if (receipt.IsAccepted) return [.. receipt.Versions.Select(step => step.Key).Distinct()];
        return receipt.Code == ErrorCodes.VersionConflict && !transaction.BaseVersions.IsDefault ? [.. transaction.BaseVersions.Select(expected => expected.Key).Distinct()] : [];
    }
}
