namespace Sync.AspNetCore;

/// <summary>What the health check <c>AddSync</c> takes for healthy.</summary>
public sealed class SyncHealthOptions
{
    /// <summary>How long the server may be at one group of transactions. A rule that never ends, and a store that never answers a commit, show here.</summary>
    public TimeSpan MaxBusy { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the store may take to answer a small read.</summary>
    public TimeSpan MaxStoreTime { get; set; } = TimeSpan.FromSeconds(3);

    internal SyncHealthOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(MaxBusy, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(MaxStoreTime, TimeSpan.Zero);
        return this;
    }
}
