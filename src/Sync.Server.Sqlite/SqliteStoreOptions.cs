namespace Sync.Server.Sqlite;

/// <summary>How a server keeps its data in a SQLite file. Validated when the store is opened.</summary>
public sealed class SqliteStoreOptions
{
    private readonly Dictionary<string, string> _tables = new(StringComparer.Ordinal);

    /// <summary>What a commit waits for before it is acknowledged.</summary>
    public SqliteSynchronous Synchronous { get; set; } = SqliteSynchronous.Full;

    /// <summary>How long a commit waits for another connection's lock on the file before it answers that the store is busy.</summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Reader connections kept open between reads.</summary>
    public int MaxIdleReaders { get; set; } = 4;

    /// <summary>Most transactions that the change log keeps; some more stand in it until the next trim.</summary>
    public int MaxLogEntries { get; set; } = 100_000;

    /// <summary>Age at which transactions leave the change log.</summary>
    public TimeSpan MaxLogAge { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Most receipts that are kept; some more stand there until the next trim.</summary>
    public int MaxReceipts { get; set; } = 1_000_000;

    /// <summary>Age at which receipts are dropped. Client positions outlive them.</summary>
    public TimeSpan MaxReceiptAge { get; set; } = TimeSpan.FromDays(90);

    internal IReadOnlyDictionary<string, string> Tables => _tables;

    /// <summary>Keeps a registered table in the app's own table of another name.</summary>
    public SqliteStoreOptions Table(string table, string sqlTable)
    {
        _tables[table] = sqlTable;
        return this;
    }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxIdleReaders, 0);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxLogEntries, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxReceipts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(MaxLogAge, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(MaxReceiptAge, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(BusyTimeout, TimeSpan.Zero);
    }
}

/// <summary>What survives when the machine loses power. A crash of the process alone loses nothing in any of them.</summary>
public enum SqliteSynchronous
{
    /// <summary>Every acknowledged commit is on the disk.</summary>
    Full,

    /// <summary>A loss of power may take the newest acknowledged commits with it.</summary>
    NormalLosesCommitsOnPowerLoss,

    /// <summary>A loss of power may leave the file unreadable. For tests and throw-away data.</summary>
    OffMayCorruptOnPowerLoss,
}
