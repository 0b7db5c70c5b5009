namespace Sync.Testing;

/// <summary>How a database tells its nodes that somebody has committed: soon, late, twice or not at all.</summary>
/// <param name="lostPercent">How many hints are lost; with none lost none is late either.</param>
internal sealed class LogHints(SimulatedClock clock, SeededStreams streams, Witness witness, int lostPercent, Func<IReadOnlyList<ServerNode>> nodes)
{
    private static readonly TimeSpan ForTheOnlyNode = TimeSpan.FromMilliseconds(300);

    private const int SoonMs = 20;
    private const int LateMs = 3000;
    private const int LateOneIn = 4;
    private const int TwiceOneIn = 6;

    private int _commits;

    /// <param name="by">The node that committed; null for somebody else.</param>
    public void Committed(int? by)
    {
        if (nodes() is [var only])
        {
            if (by is null) clock.After(ForTheOnlyNode, only.Hint);
            return;
        }
        var number = ++_commits;
        foreach (var node in nodes().Where(node => node.Number != by)) Tell(node, streams.For("hint", number, node.Number));
    }

    private void Tell(ServerNode node, Random random)
    {
        if (random.Next(100) < lostPercent)
        {
            witness.Count("faults: hint lost");
            return;
        }
        Tell(node, random, isLate: lostPercent > 0 && random.Next(LateOneIn) == 0);
        if (lostPercent == 0 || random.Next(TwiceOneIn) != 0) return;
        witness.Count("faults: hint doubled");
        Tell(node, random, isLate: true);
    }

    private void Tell(ServerNode node, Random random, bool isLate)
    {
        if (isLate) witness.Count("faults: hint late");
        clock.After(TimeSpan.FromMilliseconds(random.Next(1, isLate ? LateMs : SoonMs)), node.Hint);
    }
}
