namespace Sync.Server;

/// <summary>What the publisher is told. A closed union.</summary>
internal abstract record PublisherEntry
{
    private PublisherEntry() { }

    public sealed record Committed(IReadOnlyList<Commit> Commits) : PublisherEntry;

    /// <summary>What was committed up to here is not known one by one.</summary>
    public sealed record Skipped(Revision Head) : PublisherEntry;

    /// <summary>A load or refresh wants to join the stream.</summary>
    public sealed record Loaded(LoadedRows Rows) : PublisherEntry;

    /// <summary>A session's transaction has its outcome.</summary>
    public sealed record Decided(PendingWrite Write, WriteResult Result) : PublisherEntry;

    /// <summary>A subscription is to be read again and its digest told.</summary>
    public sealed record Verify(Subscription Subscription) : PublisherEntry;

    public sealed record Closed(Subscription Subscription) : PublisherEntry;
}
