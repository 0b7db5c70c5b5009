namespace Sync.Client.Sqlite;

/// <summary>How a client keeps its data in SQLite. Checked when the client is wired.</summary>
public sealed class SqliteStorageOptions
{
    /// <summary>What a write has survived when it returns.</summary>
    public SqliteDurability Durability { get; set; } = SqliteDurability.Full;

    /// <summary>How long a write waits for another process that writes to the same file, before it fails and is taken back.</summary>
    public TimeSpan BusyTimeout { get; set; } = TimeSpan.FromSeconds(5);

    internal void Check()
    {
        if (!Enum.IsDefined(Durability)) throw new ArgumentOutOfRangeException(nameof(Durability), Durability, "Not a value of SqliteDurability.");
        ArgumentOutOfRangeException.ThrowIfLessThan(BusyTimeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(BusyTimeout, TimeSpan.FromMilliseconds(int.MaxValue));
    }
}

/// <summary>What survives when the device loses power. A crash of the process alone loses nothing in any of them.</summary>
public enum SqliteDurability
{
    /// <summary>Every write that has returned is on the disk.</summary>
    Full,

    /// <summary>A loss of power may take the newest writes with it, whole ones, although they had returned.</summary>
    LosesNewestOnPowerLoss,
}
