namespace Sync.Server;

/// <summary>What was stored under a transaction's id and for its client before it, as the store said when <paramref name="Generation"/> was current.</summary>
internal sealed record EarlierDecisions(StoredReceipt? Receipt, ClientPosition? Position, long Generation)
{
    public static EarlierDecisions Unknown { get; } = new(null, null, -1);

    public static async ValueTask<EarlierDecisions> AskAsync(ITransactionStore store, RecentDecisions recent, Submission submission, CancellationToken cancellationToken)
    {
        var generation = recent.Generation;
        var receipt = recent.Find(submission.Id);
        if (receipt is null)
        {
            var found = await store.FindReceiptsAsync([submission.Id], cancellationToken).ConfigureAwait(false);
            receipt = found.Count > 0 ? found[0] : null;
        }

        ClientPosition? position = null;
        if (submission.Client is { } client)
            position = recent.FindClient(client.ClientId) ?? await store.FindClientAsync(client.ClientId, cancellationToken).ConfigureAwait(false);
        return new EarlierDecisions(receipt, position, generation);
    }
}
