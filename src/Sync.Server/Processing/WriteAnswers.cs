namespace Sync.Server;

/// <summary>Tells a writer what became of a transaction, with the records as they are now and as far as today's rights go.</summary>
internal sealed class WriteAnswers(Judge judge)
{
    public async ValueTask<WriteResult> AnswerAsync(Caller caller, Transaction transaction, Outcome outcome, CancellationToken cancellationToken)
    {
        if (outcome.Refusal is { } refusal) return new WriteResult { Refusal = refusal };

        var stored = outcome.Stored ?? throw new InvalidOperationException("An outcome has a receipt or a refusal.");
        RecordKey[] keys = KeysToTell(stored.Receipt, transaction);
        var readable = await judge.ReadAsync(caller, keys, cancellationToken).ConfigureAwait(false);
        var records = new RecordMap(readable.Records);
        return new WriteResult
        {
            Receipt = stored.Receipt,
            Revision = stored.Revision,
            ReadAt = readable.Revision,
            Records = records,
            Gone = stored.Receipt.IsAccepted ? [.. keys.Where(key => records[key] is null)] : [],
        };
    }

    private static RecordKey[] KeysToTell(Receipt receipt, Transaction transaction)
    {
        if (receipt.IsAccepted) return [.. receipt.Versions.Select(step => step.Key).Distinct()];
        return receipt.Code == ErrorCodes.VersionConflict && !transaction.BaseVersions.IsDefault ? [.. transaction.BaseVersions.Select(expected => expected.Key).Distinct()] : [];
    }
}
