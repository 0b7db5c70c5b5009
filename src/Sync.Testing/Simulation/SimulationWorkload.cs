using System.Collections.Immutable;
using Sync.Server;

namespace Sync.Testing;

/// <summary>
/// What a simulation needs to know of an app: its model, its rules, who uses it, and what they might do. Everything drawn comes from the given
/// <see cref="Random"/> alone, so that a seed repeats itself; ids come from small sets, so that users meet on the same records.
/// </summary>
public abstract class SimulationWorkload
{
    public abstract SyncModel Model { get; }

    /// <summary>Adds the app's rules, as behind <c>AddSyncServer</c>.</summary>
    public abstract void AddPermissions(SyncServerBuilder server);

    public abstract IReadOnlyList<string> Users { get; }

    /// <summary>What the app has written before anybody comes, one transaction.</summary>
    public virtual IEnumerable<Operation> First => [];

    /// <summary>One transaction of a user. It may well be refused.</summary>
    public abstract ImmutableArray<Operation> DrawWrite(Random random, string user);

    /// <summary>A query that a user's screen shows. The same one may be drawn again.</summary>
    public abstract Query DrawQuery(Random random, string user);

    /// <summary>One transaction of the app's own code, such as giving a right and taking it. Empty where there is none.</summary>
    public virtual ImmutableArray<Operation> DrawAppWrite(Random random) => [];

    /// <summary>
    /// A user whose bytes are compared between two worlds that differ only in what it may never read; null for no such comparison. The rules and
    /// <see cref="DrawAppWrite"/> must never let it read what <see cref="TwinOf"/> changes.
    /// </summary>
    public virtual string? Watcher => null;

    /// <summary>The same operation in the other world: other content, where the watcher may not read the record.</summary>
    public virtual Operation TwinOf(Operation operation) => operation;

    /// <summary>
    /// One transaction of the app's own code on what the watcher may never read: creations, deletions, moves from one hidden place to another, members that it does not
    /// see. The twin world has others at the same time, or none. Empty where there is none.
    /// </summary>
    public virtual ImmutableArray<Operation> DrawHiddenWrite(Random random) => [];

    /// <summary>Whether this is one of the records that the watcher may never read and that <see cref="DrawHiddenWrite"/> is about.</summary>
    public virtual bool IsHidden(RecordKey key) => false;

    /// <summary>
    /// Whether an operation of the watcher may tell whether a hidden record is there, by a named exception of the promise: a create under an id that may be taken in one
    /// world and free in the other.
    /// </summary>
    public virtual bool MayTell(Operation operation) => operation is Operation.Create && IsHidden(operation.Key);

    /// <summary>Operations by typed verbs, as behind <c>client.WriteAsync</c>. There is nothing to update yet: say what to set.</summary>
    protected ImmutableArray<Operation> Write(Action<TransactionBuilder> build)
    {
        var transaction = new TransactionBuilder(Model, _ => null, DateTimeOffset.UnixEpoch);
        build(transaction);
        return [.. transaction.Operations];
    }
}
