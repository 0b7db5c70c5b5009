using Sync.Server;

namespace Sync.Testing;

/// <summary>What must hold of everything that the server hands to a session's socket.</summary>
internal sealed class FrameInvariants(Ledger ledger, IReadOnlyDictionary<string, PermissionRules> rules, SimulatedClock clock)
{
    /// <summary>How long after a right was taken a frame that was judged before may still leave.</summary>
    private static readonly TimeSpan MaxLag = TimeSpan.FromSeconds(2);

    public void Check(string user, ReadOnlySpan<byte> frame)
    {
        if (!ProtocolCodec.TryReadServer(frame, out var message, out var fault)) throw new InvariantBrokenException("what is sent can be read", fault.Message);
        switch (message)
        {
            case ServerMessage.Part part: CheckBodies(user, part.Records); break;
            case ServerMessage.Checkpoint checkpoint: CheckBodies(user, checkpoint.Records); break;
        }
    }

    private void CheckBodies(string user, IEnumerable<Record> records)
    {
        var caller = Caller.User(user);
        var since = ledger.RevisionAt(clock.Now - MaxLag.Ticks);
        foreach (var record in records)
        {
            if (ledger.LifeOf(record) is not { } life) throw new InvariantBrokenException("what is sent was stored", $"{user} is sent {record} {record.Fields}");
            if (!WasReadable(caller, record, Math.Max(life.First, since), Math.Max(life.Last, since)))
                throw new InvariantBrokenException("nothing unreadable leaves", $"{user} is sent {record}, which it may not read since revision {since}");
        }
    }

    private bool WasReadable(Caller caller, Record record, long first, long last)
    {
        if (rules.GetValueOrDefault(record.Table) is not { } rule) return false;
        for (var revision = last; revision >= first; revision--)
        {
            if (rule.MayRead(caller, record, ledger.StateAt(revision)).IsAllowed) return true;
        }
        return false;
    }
}
