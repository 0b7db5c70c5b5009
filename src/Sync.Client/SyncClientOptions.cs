namespace Sync.Client;

/// <summary>What the client needs to know, and its bounds.</summary>
public sealed class SyncClientOptions
{
    /// <summary>The address that MapSync was given, http or https.</summary>
    public Uri? Server { get; set; }

    /// <summary>How long a query is kept current after its last reader has left.</summary>
    public TimeSpan KeepUnread { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Which of several tenants the user works in: each has a storage of its own. Null where there is one.</summary>
    public string? Tenant { get; set; }

    /// <summary>Most queries whose records are kept on this device. Beyond it the least recently read ones go, never what waits to be sent.</summary>
    public int MaxStoredQueries { get; set; } = 1000;

    /// <summary>Most records that stored queries have together, each counted in every query that has it. Beyond it the least recently read queries go.</summary>
    public long MaxStoredRecords { get; set; } = 200_000;

    /// <summary>Most entries that can be undone. Beyond it the oldest go; 0 where the app has no undo.</summary>
    public int MaxUndoEntries { get; set; } = 100;

    /// <summary>Most transactions that wait for their receipt. A write beyond it throws.</summary>
    public int MaxPendingWrites { get; set; } = 100_000;

    /// <summary>Most transactions sent and not yet answered.</summary>
    public int MaxWritesInFlight { get; set; } = 512;

    /// <summary>Longest time for one dial, the token callback included.</summary>
    public TimeSpan DialTimeout { get; set; } = TimeSpan.FromSeconds(15);

    internal void Check()
    {
        if (Server is null) throw new InvalidOperationException("The client does not know its server. Set it: AddSyncClient(model, o => o.Server = new Uri(\"https://…/api/realtime\")).");
        if (!Server.IsAbsoluteUri) throw new InvalidOperationException($"{nameof(Server)} must be an absolute address, but is \"{Server}\".");
        if (KeepUnread < TimeSpan.Zero) throw new InvalidOperationException($"{nameof(KeepUnread)} must not be negative, but is {KeepUnread}.");
        if (MaxStoredQueries < 1) throw new InvalidOperationException($"{nameof(MaxStoredQueries)} must be at least 1, but is {MaxStoredQueries}.");
        if (MaxStoredRecords < 1) throw new InvalidOperationException($"{nameof(MaxStoredRecords)} must be at least 1, but is {MaxStoredRecords}.");
        if (MaxUndoEntries < 0) throw new InvalidOperationException($"{nameof(MaxUndoEntries)} must not be negative, but is {MaxUndoEntries}.");
        if (MaxPendingWrites < 1) throw new InvalidOperationException($"{nameof(MaxPendingWrites)} must be at least 1, but is {MaxPendingWrites}.");
        if (MaxWritesInFlight < 1) throw new InvalidOperationException($"{nameof(MaxWritesInFlight)} must be at least 1, but is {MaxWritesInFlight}.");
        if (DialTimeout <= TimeSpan.Zero) throw new InvalidOperationException($"{nameof(DialTimeout)} must be more than zero, but is {DialTimeout}.");
    }
}
