namespace Sync.Server;

/// <summary>What may be wrong with a server.</summary>
[Flags]
public enum ServerFaults
{
    None = 0,

    /// <summary>Its store was never opened, or could not be.</summary>
    NotStarted = 1,

    /// <summary>It is going away.</summary>
    Stopping = 2,

    /// <summary>It has been deciding and committing the same transactions for too long: a rule, or the store, comes to no end.</summary>
    Stuck = 4,

    /// <summary>The store does not answer a small read, or not in time.</summary>
    StoreSilent = 8,
}
