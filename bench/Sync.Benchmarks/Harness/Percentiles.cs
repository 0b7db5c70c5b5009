using System.Diagnostics;

namespace Sync.Benchmarks;

/// <summary>Latencies of one lane.</summary>
internal sealed class Percentiles
{
    private readonly List<double> _milliseconds = [];

    public void Add(long startTimestamp) => _milliseconds.Add(Stopwatch.GetElapsedTime(startTimestamp).TotalMilliseconds);

    public void Add(Percentiles other) => _milliseconds.AddRange(other._milliseconds);

    public double At(double percent)
    {
        var sorted = _milliseconds.Order().ToArray();
        return sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * percent / 100))];
    }
}
