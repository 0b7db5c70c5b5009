namespace Sync.Server;

/// <summary>A tenant's store could not be opened, or as many stores are open as may be and all are in use. The next call tries again.</summary>
public sealed class TenantUnavailableException(string message, TimeSpan retryAfter, Exception? inner = null) : Exception(message, inner)
{
    /// <summary>When to come again.</summary>
    public TimeSpan RetryAfter { get; } = retryAfter;
}
