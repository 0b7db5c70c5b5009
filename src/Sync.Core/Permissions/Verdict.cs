namespace Sync;

/// <summary>What a write rule says: allowed, or denied with a code of the app's own (<c>not_allowed</c> by default).</summary>
public readonly record struct Verdict
{
    private Verdict(bool isAllowed, string? code) => (IsAllowed, Code) = (isAllowed, code);

    public static Verdict Allow { get; } = new(true, null);
    public static Verdict Deny(string code = ErrorCodes.NotAllowed) => new(false, code);

    /// <summary>False in <c>default</c>: nobody may do what nobody allowed.</summary>
    public bool IsAllowed { get; }

    public string? Code { get; }

    public static implicit operator Verdict(bool allowed) => allowed ? Allow : Deny();
}
