namespace Sync.Server;

/// <summary>What was stored under a transaction's id and for its client before it, as the store said when <paramref name="Generation"/> was current.</summary>
internal sealed record EarlierDecisions(StoredReceipt? Receipt, ClientPosition? Position, long Generation)
{
    public static EarlierDecisions Unknown { get; } = new(null, null, -1);

    public static async ValueTask<EarlierDecisions> AskAsync(ITransactionStore store, RecentDecisions recent, Submission submission, CancellationToken cancellationToken)
    {
        var generation = recent.Generation;

        // The position first: another node may decide the transaction in between, and a place that is taken without a receipt would look expired.
        ClientPosition? position = null;
        if (submission.Client is { } client)
            position = recent.FindClient(client.ClientId) ?? await store.FindClientAsync(client.ClientId, cancellationToken).ConfigureAwait(false);

        // Behind its client's place nothing was decided, and hardly any other transaction comes twice: one that does is told by the commit, which writes no batch that holds a decided one.
        var receipt = recent.Find(submission.Id);
        if (receipt is null && submission.Client is { } numbered && numbered.Seq <= position?.LastSeq)
        {
            var found = await store.FindReceiptsAsync([submission.Id], cancellationToken).ConfigureAwait(false);
            receipt = found.Count > 0 ? found[0] : null;
        }
        return new EarlierDecisions(receipt, position, generation);
    }

    /// <summary>Asks anew for a whole group: what this node knows of its clients may be old.</summary>
    public static async ValueTask AskAgainAsync(ITransactionStore store, RecentDecisions recent, IReadOnlyList<Submission> group, CancellationToken cancellationToken)
    {
        var generation = recent.Generation;
        var positions = new Dictionary<string, ClientPosition?>(StringComparer.Ordinal);
        foreach (var clientId in group.Select(submission => submission.Client?.ClientId).OfType<string>().Distinct())
            positions[clientId] = await store.FindClientAsync(clientId, cancellationToken).ConfigureAwait(false);

        var found = await store.FindReceiptsAsync([.. group.Select(submission => submission.Id).Distinct()], cancellationToken).ConfigureAwait(false);
        var receipts = found.ToDictionary(receipt => receipt.Id);
        foreach (var clientId in positions.Keys) recent.ForgetClient(clientId);
        foreach (var receipt in found) recent.Remember(receipt, null);
        foreach (var submission in group)
            submission.Earlier = new EarlierDecisions(receipts.GetValueOrDefault(submission.Id), submission.Client is { } client ? positions[client.ClientId] : null, generation);
    }
}
