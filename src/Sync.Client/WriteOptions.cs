namespace Sync.Client;

/// <summary>What goes with a write besides its operations.</summary>
public sealed record WriteOptions
{
    internal static WriteOptions Default { get; } = new();

    /// <summary>What the app calls it, for undo and for the tray.</summary>
    public string? Label { get; init; }

    /// <summary>False for what the user would not expect undo to take back, such as what the app itself tidies up.</summary>
    public bool IsUndoable { get; init; } = true;
}
