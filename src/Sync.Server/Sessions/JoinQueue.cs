namespace Sync.Server;

/// <summary>
/// Loads that wait to join the stream. A load was read at one revision and judged by rules that saw up to another; it joins when the publisher has
/// passed both, together with what changed in between. Belongs to the publisher's loop.
/// </summary>
internal sealed class JoinQueue(Judge judge, Router router, SessionLimits limits)
{
    /// <summary>How often a load that was overtaken by changes to what its rules looked at is simply done again.</summary>
    private const int MaxOvertaken = 3;

    private readonly List<LoadedRows> _waiting = [];

    public void Add(LoadedRows loaded) => _waiting.Add(loaded);

    public void Clear() => _waiting.Clear();

    public bool HasReady(Revision position) => _waiting.Exists(l => l.JudgedBy <= position);

    public IReadOnlyList<LoadedRows> TakeReady(Revision position)
    {
        if (_waiting.Count == 0) return [];
        var ready = _waiting.FindAll(l => l.JudgedBy <= position);
        _waiting.RemoveAll(l => l.JudgedBy <= position);
        return ready;
    }

    /// <summary>Brings a load up to the publisher's position. Null: it must be done again.</summary>
    public async ValueTask<JoiningRows?> PrepareAsync(LoadedRows loaded, RecentCommits recent, CancellationToken cancellationToken)
    {
        var subscription = loaded.Subscription;
        if (loaded.Error is not null || subscription.IsClosed) return new JoiningRows(loaded, [], [], [], Dependencies.None, Revision.None, false);
        if (!recent.Covers(loaded.Since)) return null;

        var isOvertaken = recent.After(loaded.Since).Any(c => loaded.Dependencies.AreTouchedBy(c.Changes));
        if (isOvertaken && subscription.OvertakenLoads++ < MaxOvertaken) return null;

        var changes = Step.Merge(recent.After(loaded.At)).Where(c => c.Key.Table == subscription.Query.Table).ToArray();
        var arrivals = changes.Where(c => !c.After.IsDeleted && subscription.Query.Matches(c.After)).Select(c => c.After).ToArray();
        Record[] asked = isOvertaken ? [.. loaded.Judged.ExceptBy(changes.Select(c => c.Key.Id), r => r.Id), .. arrivals] : arrivals;
        if (asked.Length == 0) return new JoiningRows(loaded, changes, [], [], Dependencies.None, Revision.None, isOvertaken);

        var judgement = await judge.MayReadAsync(subscription.Session.Caller, asked, cancellationToken).ConfigureAwait(false);
        var seen = judgement.Seen.OfType<Record>().ToDictionary(r => r.Id, StringComparer.Ordinal);

        // Of what it read. What was never this caller's and changed meanwhile must not tell by what follows that it did.
        var refused = loaded.Rows.Select(r => r.Id).Intersect(asked.Select(r => r.Id)).Where(id => !seen.ContainsKey(id)).ToHashSet(StringComparer.Ordinal);
        return new JoiningRows(loaded, changes, [.. arrivals.Select(r => seen.GetValueOrDefault(r.Id)).OfType<Record>()], refused, judgement.Dependencies, judgement.Revision, isOvertaken);
    }

    public void Join(JoiningRows joining, Token token)
    {
        var subscription = joining.Loaded.Subscription;
        if (subscription.IsClosed) return;
        if (joining.Loaded.Error is { } error)
        {
            router.Remove(subscription);
            subscription.Session.Subscriptions.Refuse(subscription, error);
            return;
        }

        var told = new List<RowChange>();
        subscription.Rows.Replace(joining.Loaded.Rows, joining.Loaded.MayHaveMore, told);
        var changed = new List<RowChange>();
        var isExact = Change(subscription.Rows, joining, changed);
        told.AddRange(changed);
        var isFirst = !subscription.HasJoined;
        if (isFirst) router.Add(subscription);
        router.SetDependencies(subscription, joining.Loaded.Dependencies.With(joining.Dependencies));
        subscription.HasJoined = true;
        var digest = changed.Count == 0 && isExact ? joining.Loaded.Digest : null;
        if (isFirst) subscription.Session.Post(First(joining, token, told, changed));
        else if (told.Count > 0 || digest is not null) subscription.Session.Post(new LoadedPublication(token, subscription, told, PartsOf(joining, told), false) { Digest = digest });
        subscription.Claim = null;
        subscription.IsToBeVerified = false;

        // The rules changed their mind while it was read and again while it was read again: it is safe as it is, but what they would let in now is missing.
        subscription.IsLoading = !isExact || joining.IsOvertaken;
        if (subscription.IsLoading) subscription.Session.Subscriptions.Load(subscription);
        else subscription.OvertakenLoads = 0;
    }

    // Where a claim is unknown and rights changed meanwhile, nothing is compared: digests are of what may be read now, or not told.
    private LoadedPublication First(JoiningRows joining, Token token, List<RowChange> told, List<RowChange> changed)
    {
        var subscription = joining.Loaded.Subscription;
        switch (joining.Loaded.Answer)
        {
            case ClaimAnswer.Kept kept:
                return new(token, subscription, RowChanges.Merge([.. kept.Difference, .. changed]), null, true) { IsKept = true };
            case ClaimAnswer.Unknown unknown when joining.Refused.Count == 0:
                var comparison = new Comparison(subscription, unknown.Rows, subscription.Claim!.Digest.Count);
                subscription.Session.Subscriptions.Begin(comparison);
                return new(token, subscription, changed, null, true) { Comparison = comparison };
            default:
                return new(token, subscription, told, PartsOf(joining, told), true);
        }
    }

    private static bool Change(HeldRows rows, JoiningRows joining, List<RowChange> told)
    {
        var isExact = true;
        var arrived = joining.Arrivals.Select(r => r.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var change in joining.Changes.Where(c => !arrived.Contains(c.Key.Id))) isExact &= rows.Remove(change.Key.Id, told);
        foreach (var id in joining.Refused) isExact &= rows.Remove(id, told);
        foreach (var record in joining.Arrivals) isExact &= rows.Put(record, told);
        return isExact;
    }

    private List<Record>? PartsOf(JoiningRows joining, List<RowChange> told)
    {
        var incoming = told.Where(r => r.Record is not null).ToArray();
        if (limits.FitsOneCheckpoint(incoming.Length, incoming.Sum(r => (long)r.Record!.Fields.Utf8.Length))) return null;
        var held = joining.Loaded.Subscription.Rows;
        return [.. joining.Loaded.Rows.ExceptBy(joining.Changes.Select(c => c.Key.Id), r => r.Id).Concat(joining.Arrivals).Where(r => held.Holds(r.Id))];
    }
}

/// <summary>A load brought up to the publisher's position: what changed since it was read, and which of that arrives or is refused.</summary>
internal sealed record JoiningRows(
    LoadedRows Loaded,
    IReadOnlyList<RecordChange> Changes,
    IReadOnlyList<Record> Arrivals,
    IReadOnlyCollection<string> Refused,
    Dependencies Dependencies,
    Revision JudgedAt,
    bool IsOvertaken);
