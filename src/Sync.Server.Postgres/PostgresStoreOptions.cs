namespace Sync.Server.Postgres;

/// <summary>How a server keeps its data in PostgreSQL. Validated when the store is opened.</summary>
public sealed class PostgresStoreOptions
{
    private readonly Dictionary<string, string> _tables = new(StringComparer.Ordinal);

    /// <summary>What a commit waits for before it is acknowledged. The database's setting is checked when the store is opened.</summary>
    public PostgresDurability Durability { get; set; } = PostgresDurability.Full;

    /// <summary>How long one statement may run before the database ends it. A commit that runs longer answers that the store is busy.</summary>
    public TimeSpan StatementTimeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a commit waits for the nodes that commit before it.</summary>
    public TimeSpan MaxOrderWait { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a commit waits, while all others wait for it, for something that an open transaction of the app's own SQL holds. Then the writes that touch it are told to come again.</summary>
    public TimeSpan MaxRowWait { get; set; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Most transactions that the change log keeps; some more stand in it until the next trim.</summary>
    public int MaxLogEntries { get; set; } = 1_000_000;

    /// <summary>Age at which transactions leave the change log.</summary>
    public TimeSpan MaxLogAge { get; set; } = TimeSpan.FromDays(30);

    /// <summary>Most receipts that are kept; some more stand there until the next trim.</summary>
    public int MaxReceipts { get; set; } = 10_000_000;

    /// <summary>Age at which receipts are dropped. Client positions outlive them.</summary>
    public TimeSpan MaxReceiptAge { get; set; } = TimeSpan.FromDays(90);

    /// <summary>
    /// Installs triggers on the app's own tables, so that what plain SQL, EF Core or another service writes reaches clients too: see <see cref="PostgresTriggers"/>. Once there they stay
    /// until they are removed, whatever this says.
    /// </summary>
    public bool FollowPlainSql { get; set; }

    internal IReadOnlyDictionary<string, string> Tables => _tables;

    /// <summary>Keeps a registered table in the app's own table of another name: <c>app."Tasks"</c>, as SQL writes it.</summary>
    public PostgresStoreOptions Table(string table, string sqlTable)
    {
        _tables[table] = sqlTable;
        return this;
    }

    internal void Validate()
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(StatementTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(MaxOrderWait, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(MaxRowWait, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxLogEntries, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(MaxReceipts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(MaxLogAge, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(MaxReceiptAge, TimeSpan.Zero);
    }
}

/// <summary>What survives when the database's machine loses power. A crash of a process alone loses nothing in any of them.</summary>
public enum PostgresDurability
{
    /// <summary><c>synchronous_commit</c> and <c>fsync</c> are on: every acknowledged commit is on the disk.</summary>
    Full,

    /// <summary>Whatever the database is set to: a loss of power may take the newest acknowledged commits with it, or more.</summary>
    AsTheDatabaseIsSet,
}
