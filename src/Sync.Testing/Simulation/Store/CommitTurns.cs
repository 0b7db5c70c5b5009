namespace Sync.Testing;

/// <summary>
/// Who may commit to a simulated database: one at a time, in the order of asking. Who holds the turn and dies, or cannot give it back, keeps it until the database notices.
/// </summary>
internal sealed class CommitTurns(SimulatedClock clock)
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan UntilNoticed = TimeSpan.FromSeconds(2);

    private readonly List<(object Owner, TaskCompletionSource<bool> IsTaken)> _waiting = [];
    private object? _holder;

    /// <summary>When somebody last died or failed who had the turn.</summary>
    public long? LastStuck { get; private set; }

    /// <summary>False where it could not be had in time.</summary>
    public async ValueTask<bool> TakeAsync(object owner)
    {
        if (_holder is null && _waiting.Count == 0)
        {
            _holder = owner;
            return true;
        }
        var place = (Owner: owner, IsTaken: new TaskCompletionSource<bool>());
        _waiting.Add(place);
        clock.After(MaxWait, () =>
        {
            if (_waiting.Remove(place)) place.IsTaken.TrySetResult(false);
        });
        return await place.IsTaken.Task.ConfigureAwait(false);
    }

    public void End(object owner)
    {
        if (_holder != owner) return;
        _holder = null;
        if (_waiting.Count > 0) clock.After(TimeSpan.Zero, PassOn);
    }

    public void EndOnceNoticed(object owner)
    {
        _waiting.RemoveAll(place => place.Owner == owner);
        if (_holder != owner) return;
        LastStuck = clock.Now;
        clock.After(UntilNoticed, () => End(owner));
    }

    private void PassOn()
    {
        if (_holder is not null || _waiting.Count == 0) return;
        var (owner, isTaken) = _waiting[0];
        _waiting.RemoveAt(0);
        _holder = owner;
        isTaken.TrySetResult(true);
    }
}
