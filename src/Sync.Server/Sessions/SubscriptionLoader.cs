namespace Sync.Server;

/// <summary>Reads a subscription's whole readable result at one snapshot: its first load, the refill of its window, its re-judging.</summary>
internal sealed class SubscriptionLoader(RecordSource source, SharedQueries queries, Judge judge, ClaimReader claims)
{
    /// <summary>Most rows of one subscription.</summary>
    public const int MaxRows = 100_000;

    /// <summary>Most rows read to fill a window whose reader may see only some of them.</summary>
    public const int MaxScanned = 10_000;

    private const int ScannedBeyondLimit = 50;
    private const int ScanGrowth = 8;

    public async ValueTask<LoadedRows> LoadAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        var loading = subscription.Query.Limit is { } limit ? LoadWindowAsync(subscription, limit, cancellationToken) : LoadAllAsync(subscription, cancellationToken);
        var loaded = await loading.ConfigureAwait(false);
        if (loaded.Error is not null) return loaded;
        if (subscription.Claim is { } claim) return loaded with { Answer = await claims.AnswerAsync(subscription, claim, loaded, cancellationToken).ConfigureAwait(false) };
        return subscription.IsToBeVerified ? loaded with { Digest = Digest.Of(loaded.Rows) } : loaded;
    }

    private async ValueTask<LoadedRows> LoadAllAsync(Subscription subscription, CancellationToken cancellationToken)
    {
        var read = await ReadAsync(subscription, subscription.Query, MaxRows, cancellationToken).ConfigureAwait(false);
        return read.IsCut ? TooBroad(read, $"The query has more than {MaxRows} records. Narrow it, or give it a limit.") : read.Loaded;
    }

    private async ValueTask<LoadedRows> LoadWindowAsync(Subscription subscription, int limit, CancellationToken cancellationToken)
    {
        var unlimited = subscription.Query with { Limit = null };
        for (var max = Math.Min(limit + ScannedBeyondLimit, MaxScanned); ; max = Math.Min(max * ScanGrowth, MaxScanned))
        {
            var read = await ReadAsync(subscription, unlimited, max, cancellationToken).ConfigureAwait(false);
            var rows = read.Loaded.Rows;
            if (rows.Count > limit) return read.Loaded with { Rows = [.. rows.Take(limit)], Judged = [.. read.Loaded.Judged.Take(limit)], MayHaveMore = true };
            if (!read.IsCut) return read.Loaded;
            if (rows.Count == limit) return read.Loaded with { MayHaveMore = true };
            if (max == MaxScanned) return TooBroad(read, $"More than {MaxScanned} records would have to be read to find {limit} that may be seen. Narrow the query.");
        }
    }

    private async ValueTask<Read> ReadAsync(Subscription subscription, Query query, int max, CancellationToken cancellationToken)
    {
        var caller = subscription.Session.Caller;
        var since = source.Head;
        var readable = await judge.ReadableAsync(caller, query.Table, cancellationToken).ConfigureAwait(false);
        var found = await queries.QueryAsync(query, readable.Conditions is { } conditions ? conditions : [], max, subscription.IsToBeVerified, cancellationToken).ConfigureAwait(false);
        var judgement = await judge.MayReadAsync(caller, found.Records, cancellationToken).ConfigureAwait(false);
        var judged = found.Records.Where((_, i) => judgement.Seen[i] is not null).ToArray();
        var rows = judgement.Seen.OfType<Record>().ToArray();
        return new Read(found.IsCut, new LoadedRows(subscription, since, found.Revision, source.Head, rows, judged, false, readable.Dependencies.With(judgement.Dependencies), null));
    }

    private static LoadedRows TooBroad(Read read, string message) => read.Loaded with { Rows = [], Judged = [], Error = new ApplyError(ErrorCodes.QueryTooBroad, message) };

    private readonly record struct Read(bool IsCut, LoadedRows Loaded);
}
