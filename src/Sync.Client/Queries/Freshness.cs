namespace Sync.Client;

/// <summary>How much a result can be trusted: nothing known yet, what the device had, or what the server said up to the last checkpoint.</summary>
public enum Freshness { Unknown, Stale, Current }
