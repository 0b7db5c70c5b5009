namespace Sync.Server;

/// <summary>What a client says that it holds of a query's result, and the place in history that it is of; none where that is of another history.</summary>
internal sealed record ClientClaim(Digest Digest, Token Token);

/// <summary>What a load says to the claim of its subscription. A closed union.</summary>
internal abstract record ClaimAnswer
{
    private ClaimAnswer() { }

    /// <summary>It is proven what the client holds: the result, but for this difference.</summary>
    public sealed record Kept(IReadOnlyList<RowChange> Difference) : ClaimAnswer;

    /// <summary>What the client holds must be found out.</summary>
    public sealed record Unknown(HashedRows Rows) : ClaimAnswer;
}
