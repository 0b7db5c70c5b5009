using Sync.Server;

namespace Sync.Testing;

/// <summary>Every node of a shared database knows soon what was committed, whoever did it and however many hints were lost.</summary>
internal sealed class FollowInvariants(ServerNodes servers, SimulatedDatabase database, SimulatedClock clock, Witness witness)
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    /// <summary>The time between two looks at the log, and what the store takes for them and for a group that is under way.</summary>
    private static readonly TimeSpan MaxLag = TimeSpan.FromSeconds(2.5);

    /// <summary>How long a node may be held up by a store that has failed it, or by a turn that somebody holds who is dead.</summary>
    private static readonly TimeSpan TroubleLasts = TimeSpan.FromSeconds(8);

    public void Begin() => clock.After(Every, Look);

    private void Look()
    {
        foreach (var node in servers.All) Look(node);
        clock.After(Every, Look);
    }

    private void Look(ServerNode node)
    {
        if (node.Server is not { } server || IsRecent(node.UpSince, MaxLag) || IsRecent(node.LastTrouble, TroubleLasts) || IsRecent(database.Turns.LastStuck, TroubleLasts)) return;
        var (known, committed) = (server.Rooms.Source.Head.Value, database.Ledger.RevisionAt(clock.Now - MaxLag.Ticks));
        witness.Figures.Count("looks at whether a node follows");
        if (known < committed) witness.Break("every node follows", $"node {node.Number} knows revision {known}, but {committed} was committed {MaxLag.TotalSeconds} s ago");
    }

    private bool IsRecent(long? instant, TimeSpan window) => instant is { } then && clock.Now - then < window.Ticks;
}
