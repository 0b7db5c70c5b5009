using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>What can be undone and redone now, for buttons and menus.</summary>
/// <param name="UndoLabel">What the app called the writes that undo would take back; null where it gave no name.</param>
public readonly record struct UndoState(bool CanUndo, bool CanRedo, string? UndoLabel, string? RedoLabel);

/// <summary>What an undo or redo came to.</summary>
public enum UndoOutcome
{
    /// <summary>There was nothing on the stack.</summary>
    Nothing,

    /// <summary>All of it is taken back.</summary>
    Undone,

    /// <summary>What somebody else has changed since was left alone.</summary>
    Partly,

    /// <summary>Nothing of it could be taken back.</summary>
    Skipped,
}

/// <summary>What an undo or redo came to, and what it left alone.</summary>
public sealed record UndoReport(UndoOutcome Outcome, ImmutableArray<SkippedChange> Skipped);

/// <summary>One change that was left as it is.</summary>
/// <param name="Field">Dotted; <c>id</c> where it is about the whole record.</param>
public sealed record SkippedChange(RecordKey Key, string Field, SkipReason Reason);

/// <summary>Why a change was left alone.</summary>
public enum SkipReason
{
    /// <summary>It no longer holds what this device wrote: somebody else has changed it since.</summary>
    ChangedSince,

    /// <summary>The record is no longer there, or may no longer be read.</summary>
    Gone,

    /// <summary>The server refused the undo; its transaction is in the tray and says why.</summary>
    Rejected,
}
