namespace Sync.Server;

/// <summary>One accepted transaction that has become durable, as the rest of the server hears of it.</summary>
internal sealed record Commit(Revision Revision, ulong Mark, TransactionId Id, IReadOnlyList<RecordChange> Changes)
{
    /// <summary>The user whose sessions another node has ended: <see cref="SessionsEnd"/>.</summary>
    public string? EndsSessionsOf { get; init; }

    /// <summary>A timestamp of this node at which it was not committed yet.</summary>
    public long NotBefore { get; init; }

    public static Commit Of(LogEntry entry, long notBefore) =>
        new(entry.Revision, entry.Mark, entry.Id, entry.Changes) { EndsSessionsOf = SessionsEnd.UserOf(entry), NotBefore = notBefore };
}

/// <summary>
/// Told of commits by the processor's loop: in revision order, after <see cref="RecordSource"/> holds them and before the writers' tasks complete.
/// The loop waits for it, so it must not block and must not throw.
/// </summary>
internal interface ICommitListener
{
    void OnCommitted(IReadOnlyList<Commit> commits);

    /// <summary>The log no longer reaches back to what was told last: commits up to this revision are not known one by one.</summary>
    void OnSkipped(Revision head);
}
