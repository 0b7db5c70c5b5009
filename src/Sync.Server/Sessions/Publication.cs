namespace Sync.Server;

/// <summary>All that one step of the publisher owes one session. It enters the outbox whole.</summary>
internal sealed class Publication(Token token)
{
    public Token Token { get; } = token;
    public List<(Subscription Subscription, RowChange Row)> Rows { get; } = [];
    public List<WriteEffects> Effects { get; } = [];
    public bool IsEmpty => Rows.Count == 0 && Effects.Count == 0;
}

/// <summary>A subscription's whole result, read afresh: the rows that changed hands, and all of them where they are better sent in parts.</summary>
internal sealed record LoadedPublication(Token Token, Subscription Subscription, IReadOnlyList<RowChange> Rows, IReadOnlyList<Record>? Parts, bool IsFirst)
{
    /// <summary>The client holds the result but for these rows.</summary>
    public bool IsKept { get; init; }

    /// <summary>What the client holds is to be found out first: then these rows wait for that.</summary>
    public Comparison? Comparison { get; init; }

    /// <summary>Of the whole result, where it is to be told.</summary>
    public Digest? Digest { get; init; }
}
