namespace Sync.Testing;

/// <summary>What happened how often.</summary>
internal sealed class Figures
{
    private readonly SortedDictionary<string, long> _counts = new(StringComparer.Ordinal);

    public void Count(string what, long times = 1) => _counts[what] = _counts.GetValueOrDefault(what) + times;

    public void Add(Figures other)
    {
        foreach (var (what, times) in other._counts) Count(what, times);
    }

    public IReadOnlyDictionary<string, long> ToDictionary() => _counts;
}
