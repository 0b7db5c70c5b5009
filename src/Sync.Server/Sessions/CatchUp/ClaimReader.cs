namespace Sync.Server;

/// <summary>
/// Answers the claim of a subscription from what its load found. Where the digests differ, the log since the client's token gives a guess at what it holds;
/// a guess with the digest of the claim is proven. Nothing here is told to anybody unless it is.
/// </summary>
internal sealed class ClaimReader(History history, Judge judge)
{
    public async ValueTask<ClaimAnswer> AnswerAsync(Subscription subscription, ClientClaim claim, LoadedRows loaded, CancellationToken cancellationToken)
    {
        var rows = new HashedRows(loaded.Rows);
        if (rows.Digest == claim.Digest) return Told(new ClaimAnswer.Kept([]), "equal");
        rows.Sorted();
        if (await GuessAsync(subscription, claim, loaded, rows, cancellationToken).ConfigureAwait(false) is not { } difference) return Told(new ClaimAnswer.Unknown(rows), "compared");
        return Told(new ClaimAnswer.Kept(difference), "log");
    }

    private async ValueTask<IReadOnlyList<RowChange>?> GuessAsync(Subscription subscription, ClientClaim claim, LoadedRows loaded, HashedRows rows, CancellationToken cancellationToken)
    {
        if (claim.Token.IsNone) return null;
        var changes = await history.ChangesAsync(claim.Token, loaded.At, subscription.Query.Table, cancellationToken).ConfigureAwait(false);
        if (changes is null) return null;

        // What the client may read now is the best guess at what it might read then.
        var befores = changes.Select(c => c.Before).OfType<Record>().Where(subscription.Query.Matches).ToArray();
        var judgement = await judge.MayReadAsync(subscription.Session.Caller, befores, cancellationToken).ConfigureAwait(false);
        var guess = new HeldThen(rows, changes.Select(c => c.Key.Id), judgement.Seen.OfType<Record>());
        if (subscription.Query.Limit is { } limit) guess.CutTo(limit, subscription.Query, loaded.Rows);
        return guess.Digest == claim.Digest ? guess.Difference() : null;
    }

    private static ClaimAnswer Told(ClaimAnswer answer, string outcome)
    {
        SyncDiagnostics.Claims.Add(1, new KeyValuePair<string, object?>("outcome", outcome));
        return answer;
    }
}
