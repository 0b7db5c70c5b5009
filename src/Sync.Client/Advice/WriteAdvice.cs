namespace Sync.Client;

/// <summary>What this device expects the server to say to a write, by the rules that it was given. It holds nothing back: the server alone decides.</summary>
public abstract record WriteAdvice
{
    private WriteAdvice() { }

    /// <summary>True only where the rules deny it, by what is on this device: the moment for a warning, or for a disabled button.</summary>
    public bool IsDenied => this is Denied;

    /// <summary>The rules allow it, by what is on this device.</summary>
    public sealed record Allowed : WriteAdvice
    {
        private Allowed() { }

        public static Allowed Instance { get; } = new();
    }

    /// <summary>It would be refused.</summary>
    /// <param name="Code">As in the receipt: the rule's own code, or that of a check.</param>
    /// <param name="Key">The record because of which.</param>
    public sealed record Denied(string Code, RecordKey Key) : WriteAdvice;

    /// <summary>It can't be told here: the table has no rules on this device, or they look at what is not on it.</summary>
    /// <param name="Key">The record because of which.</param>
    public sealed record Unknown(RecordKey Key) : WriteAdvice;
}
