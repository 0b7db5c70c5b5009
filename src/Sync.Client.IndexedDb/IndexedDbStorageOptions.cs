namespace Sync.Client.IndexedDb;

/// <summary>How a client keeps its data in IndexedDB.</summary>
public sealed class IndexedDbStorageOptions
{
    /// <summary>Whether a write returns only once the browser has flushed it to the disk, where the browser offers that. Otherwise a loss of power may take the newest writes.</summary>
    public bool IsStrict { get; set; } = true;

    /// <summary>Whether the browser is asked once to keep the data when room on the device runs short.</summary>
    public bool AsksToPersist { get; set; } = true;
}
