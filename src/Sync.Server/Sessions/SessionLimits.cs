namespace Sync.Server;

/// <summary>Bounds and times of one session.</summary>
internal sealed record SessionLimits
{
    public TimeSpan Heartbeat { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>A peer that says nothing for this many heartbeats is gone.</summary>
    public double MaxSilentHeartbeats { get; init; } = 2.5;

    public TimeSpan SendTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>From the end of a session until its connection is given up, whatever its peer does not read.</summary>
    public TimeSpan EndTimeout { get; init; } = TimeSpan.FromSeconds(4);
    public int MaxTransactionBytes { get; init; } = 256 * 1024;
    public int MaxSubscriptions { get; init; } = 1000;

    /// <summary>Transactions of one session that wait for their outcome.</summary>
    public int MaxPendingTransactions { get; init; } = 1000;

    public int MessagesPerSecond { get; init; } = 200;

    /// <summary>Messages that may come at once after a silence: a reconnecting client subscribes to everything again.</summary>
    public int MessageBurst { get; init; } = 2000;

    /// <summary>Bodies that wait behind a busy socket before its session is closed as too slow.</summary>
    public int MaxUnsentBytes { get; init; } = 1024 * 1024;

    /// <summary>Changes that wait for the end of comparisons before the session is closed as too slow.</summary>
    public int MaxHeldBackBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Messages other than checkpoints and parts that wait behind a busy socket.</summary>
    public int MaxUnsentNotices { get; init; } = 4096;

    public int MaxPartRecords { get; init; } = 500;
    public int MaxPartBytes { get; init; } = 256 * 1024;

    /// <summary>A client that leaves a comparison waiting for longer has its subscription refused.</summary>
    public TimeSpan CompareTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How often each subscription is read again to tell its digest.</summary>
    public TimeSpan VerifyEvery { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>First loads and refreshes that one session runs at the same time.</summary>
    public int LoadsAtOnce { get; init; } = 4;

    public bool FitsOneCheckpoint(int records, long bytes) => records <= MaxPartRecords && bytes <= MaxPartBytes;

    public static SessionLimits Of(SyncServerOptions options) => new()
    {
        Heartbeat = options.Heartbeat,
        VerifyEvery = options.VerifyEvery,
        MaxTransactionBytes = options.MaxTransactionBytes,
        MaxSubscriptions = options.MaxSubscriptionsPerSession,
        MessageBurst = Math.Max(2000, 2 * options.MaxSubscriptionsPerSession),
    };
}
