using Sync.Server;

namespace Sync.Testing;

/// <summary>Records that open transactions of others hold, a console's perhaps.</summary>
internal sealed class HeldRecords
{
    private readonly List<IReadOnlyCollection<RecordKey>> _holds = [];

    /// <summary>Null where one of them is held already.</summary>
    public IReadOnlyCollection<RecordKey>? Hold(IEnumerable<RecordKey> keys)
    {
        RecordKey[] wanted = [.. keys.Distinct()];
        if (wanted.Any(IsHeld)) return null;
        _holds.Add(wanted);
        return wanted;
    }

    /// <summary>False where it was let go before.</summary>
    public bool LetGo(IReadOnlyCollection<RecordKey> hold) => _holds.Remove(hold);

    public void LetAllGo() => _holds.Clear();

    public IReadOnlyCollection<int> FindBlocked(CommitBatch batch) =>
        _holds.Count == 0 ? [] : [.. Enumerable.Range(0, batch.Entries.Count).Where(i => batch.Entries[i].Changes.Any(change => IsHeld(change.Key)))];

    private bool IsHeld(RecordKey key) => _holds.Any(hold => hold.Contains(key));
}
