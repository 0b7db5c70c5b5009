namespace Sync.Server;

/// <summary>Bounds and times of the server, each with its unit in the name or as a TimeSpan.</summary>
public sealed class SyncServerOptions
{
    /// <summary>Largest transaction taken in, in bytes of JSON.</summary>
    public int MaxTransactionBytes { get; set; } = 256 * 1024;
    public int MaxOperationsPerTransaction { get; set; } = 1000;
    public int MaxTransactionsPerCommit { get; set; } = 256;
    public int MaxSubscriptionsPerSession { get; set; } = 1000;
    public int MaxPointersPerRead { get; set; } = 1000;
    /// <summary>Most operations of one transaction together with what they delete or unset along, by cascade.</summary>
    public int MaxCascadedOperations { get; set; } = 10_000;

    /// <summary>Transactions that may wait to be decided; more are told to come again.</summary>
    public int MaxQueuedTransactions { get; set; } = 10_000;

    /// <summary>Records that are kept in memory for rules and decisions.</summary>
    public int MaxCachedRecords { get; set; } = 100_000;

    /// <summary>Results of rules' lookups that are kept in memory.</summary>
    public int MaxCachedLookups { get; set; } = 20_000;

    /// <summary>Most records that one lookup of a rule may find; one that finds more gives no access.</summary>
    public int MaxRecordsPerLookup { get; set; } = 10_000;

    /// <summary>Most records that a query may look at in the store; one that would need more is refused.</summary>
    public int MaxRecordsPerQuery { get; set; } = 10_000;

    /// <summary>Most entries in a page of a record's history; where more are asked for it is these.</summary>
    public int MaxHistoryEntriesPerPage { get; set; } = 100;

    /// <summary>Most log entries that are looked at for one page of a history; beyond them a page ends before it is full.</summary>
    public int MaxHistoryEntriesScanned { get; set; } = 1000;

    /// <summary>A rule that runs longer is named in the log.</summary>
    public TimeSpan SlowRule { get; set; } = TimeSpan.FromMilliseconds(50);

    /// <summary>When a client that was told "busy" should come again.</summary>
    public TimeSpan BusyRetryAfter { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>How often the log of a store that others write to is looked at for what no hint told of.</summary>
    public TimeSpan LogPoll { get; set; } = TimeSpan.FromSeconds(1);

    public TimeSpan Heartbeat { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How often, more or less, each subscription is read again so that its client can check by digest that it holds the same.</summary>
    public TimeSpan VerifyEvery { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>With a store for each tenant: most stores that are open at a time. Where one more is needed, the one that was idle longest is closed.</summary>
    public int MaxOpenStores { get; set; } = 1000;

    /// <summary>With a store for each tenant: how long nobody needs a store before it is closed.</summary>
    public TimeSpan CloseIdleStoreAfter { get; set; } = TimeSpan.FromMinutes(5);

    /// <exception cref="ArgumentOutOfRangeException">A bound is not above zero: names it.</exception>
    internal SyncServerOptions Validated()
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxTransactionBytes);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxOperationsPerTransaction);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxTransactionsPerCommit);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxSubscriptionsPerSession);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxPointersPerRead);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxCascadedOperations);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxQueuedTransactions);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxCachedRecords);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxCachedLookups);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxRecordsPerLookup);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxRecordsPerQuery);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxHistoryEntriesPerPage);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxHistoryEntriesScanned);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(SlowRule, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(BusyRetryAfter, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(LogPoll, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Heartbeat, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(VerifyEvery, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(MaxOpenStores);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(CloseIdleStoreAfter, TimeSpan.Zero);
        return this;
    }
}
