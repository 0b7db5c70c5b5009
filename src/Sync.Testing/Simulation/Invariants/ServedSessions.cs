using Sync.Server;

namespace Sync.Testing;

/// <summary>The sessions that the nodes serve: those of a user whose sign-in the app has ended must be over soon, on whichever node they are.</summary>
internal sealed class ServedSessions(SimulatedClock clock, Witness witness)
{
    /// <summary>For a node to look at the log, perhaps in vain a few times, and to give a peer up that does not answer.</summary>
    private static readonly TimeSpan MaxLag = TimeSpan.FromSeconds(15);

    private readonly List<(string User, ServerNode Node, int Life, Task Session)> _served = [];

    public void Add(string user, ServerNode node, Task<TransportClose> session)
    {
        _served.RemoveAll(served => served.Session.IsCompleted);
        _served.Add((user, node, node.Life, session));
        _ = WatchAsync(session);
    }

    /// <summary>Ends a user's sessions, and sees that they end.</summary>
    public async Task EndAsync(SyncServer server, string user)
    {
        var begun = _served.Where(served => served.User == user).ToArray();
        try
        {
            await server.EndSessionsAsync(user).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            witness.Count("faults: ends of sessions that other nodes could not be told of");
            return;
        }
        clock.After(MaxLag, () =>
        {
            foreach (var (_, node, life, session) in begun)
            {
                if (!session.IsCompleted && node.IsUp && node.Life == life) witness.Break("who is signed out is sent away", $"a session of {user} on node {node.Number} goes on");
            }
        });
    }

    private async Task WatchAsync(Task<TransportClose> session)
    {
        try
        {
            await session.ConfigureAwait(false);
        }
        catch (Exception bug) // Whatever a session throws is a bug: it has a guard of its own.
        {
            witness.Break("no session throws", bug.ToString());
        }
    }
}
