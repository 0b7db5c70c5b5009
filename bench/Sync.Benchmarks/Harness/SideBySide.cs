using System.Diagnostics;

namespace Sync.Benchmarks;

/// <summary>
/// Runs contestants in turn, round after round in one process, and compares them by the median of the per-round ratios: single figures on a shared machine move by two or three times,
/// ratios of neighbours do not.
/// </summary>
internal static class SideBySide
{
    public const int Rounds = 7;

    /// <param name="contestants">Each runs its work once and tells how many operations that was. The first is ours.</param>
    public static IReadOnlyList<Lane> Run(params (string Name, Func<int> Work)[] contestants)
    {
        foreach (var (_, work) in contestants) work();
        var rates = contestants.Select(_ => new List<double>()).ToArray();
        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < contestants.Length; i++)
            {
                GC.Collect();
                var start = Stopwatch.GetTimestamp();
                var count = contestants[i].Work();
                rates[i].Add(count / Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }
        return [.. contestants.Select((c, i) => new Lane(c.Name, Median(rates[i]), Median(rates[0].Zip(rates[i], (ours, theirs) => ours / theirs))))];
    }

    /// <summary>Bytes of heap that something holds on to, after forced collections.</summary>
    public static long BytesHeld(Func<object> make)
    {
        var before = Settled();
        var held = make();
        var bytes = Settled() - before;
        GC.KeepAlive(held);
        return bytes;
    }

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted[sorted.Length / 2];
    }

    private static long Settled()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }
        return GC.GetTotalMemory(forceFullCollection: true);
    }
}

/// <summary>One contestant's median rate, and ours as a multiple of it.</summary>
internal sealed record Lane(string Name, double PerSecond, double OursAsMultiple);
