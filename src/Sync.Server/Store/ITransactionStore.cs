using System.Collections.Immutable;

namespace Sync.Server;

/// <summary>
/// The server's durable home of records, change log and receipts. Implemented by adapters; <c>docs/adapters.md</c> tells how, the conformance suite of
/// Sync.Testing proves it. The numbered promises are named by the suite's cases.
/// </summary>
/// <remarks>
/// S1. What a commit answered as committed is there after any crash of the process and, in the default setting, after a loss of power.
/// S2. A batch is committed whole or not at all: records, tombstones, log entries, receipts and client positions together.
/// S3. Revisions are handed out in commit order, one per accepted transaction, without gaps in what can be read: what is visible is a prefix.
/// S4. Every read is of one snapshot and tells its revision.
/// S5. A batch whose <see cref="CommitBatch.Expected"/> does not hold is lost: nothing is written and the keys that differ are told.
/// S6. A transaction that breaks a constraint of the database is refused by its place in the batch, and nothing is written.
/// S7. What is stored is what was given: a record read back has the same bytes. <see cref="Normalize"/> tells beforehand what a table can hold.
/// S8. A batch that holds a transaction which has a receipt already, or whose client's stored position is not below its own or is another author's, is not written; its answer is
/// <see cref="CommitAnswer.Unknown"/>, so that receipts and positions are read: another node may have decided it.
/// S9. Reads may run at the same time as each other and as a commit. Commits come one at a time.
/// S10. A record's history is all that the log holds of it, newest first, and costs no more where the log is long.
/// S11. While a <see cref="ICommitTurn"/> is held nobody else's batch is committed; given back unused, or lost with its connection, it leaves nothing behind.
/// </remarks>
public interface ITransactionStore : IAsyncDisposable
{
    /// <summary>Creates or migrates what the store needs and checks the app's tables. Called once, first.</summary>
    /// <exception cref="StoreSetupException">The database does not fit the model, with what would mend it; or it was made by a newer version.</exception>
    ValueTask<StoreInfo> OpenAsync(SyncModel model, CancellationToken cancellationToken);

    /// <summary>The records with these keys: live ones, tombstones, and nothing for those that never were.</summary>
    ValueTask<StoreSnapshot> LoadAsync(IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken);

    /// <summary>
    /// The live records that meet a query, in its order, at most <see cref="StoreQuery.MaxRecords"/>. <see cref="Query.Limit"/> plays no part here: rules may leave
    /// records out of what was found. Soft-deleted records are live to a store.
    /// </summary>
    ValueTask<StoreQueryResult> QueryAsync(StoreQuery query, CancellationToken cancellationToken);

    /// <summary>The stored receipts of these transactions; nothing for those that have none.</summary>
    ValueTask<IReadOnlyList<StoredReceipt>> FindReceiptsAsync(IReadOnlyCollection<TransactionId> ids, CancellationToken cancellationToken);

    /// <summary>The author that a client id is bound to and its last decided sequence number; null for a client that never was.</summary>
    ValueTask<ClientPosition?> FindClientAsync(string clientId, CancellationToken cancellationToken);

    /// <summary>
    /// Commits a batch. Never throws for what the database answers: a fault whose outcome is not known is <see cref="CommitAnswer.Unknown"/>.
    /// </summary>
    ValueTask<CommitAnswer> CommitAsync(CommitBatch batch, CancellationToken cancellationToken);

    /// <summary>
    /// The turn to commit, for a batch that was lost: what is decided on the log as it stands while the turn is held cannot be lost to another node. Null where nobody
    /// else commits to this store. Held as short as can be: everybody else waits. Throws where it cannot be had within a bounded time.
    /// </summary>
    ValueTask<ICommitTurn?> TakeTurnAsync(CancellationToken cancellationToken) => new((ICommitTurn?)null);

    /// <summary>
    /// Asks to be told when the log may have grown by another hand. Only a hint: calls may be lost, doubled, late or for nothing, so whoever follows the log looks by itself now
    /// and then. <paramref name="mayHaveGrown"/> is called from anywhere and does not block. Called once, after <see cref="OpenAsync"/>.
    /// </summary>
    void Watch(Action mayHaveGrown) { }

    /// <summary>Log entries after a revision, in order, at most <paramref name="maxEntries"/>.</summary>
    ValueTask<LogPage> ReadLogAsync(Revision after, int maxEntries, CancellationToken cancellationToken);

    /// <summary>
    /// What the log holds of one record, newest first, at most <paramref name="maxEntries"/>. Each entry as <see cref="RecordHistoryEntry.Of"/> makes it.
    /// </summary>
    /// <param name="before">Only entries of lower revisions; null for all.</param>
    ValueTask<RecordHistory> ReadHistoryAsync(RecordKey key, Revision? before, int maxEntries, CancellationToken cancellationToken);

    /// <summary>
    /// Brings the fields of a record to the form that the store gives back: precision, scale, and, in a relational row, no difference between null and missing
    /// and the column's default where the column may not be empty. Pure and quick. Refuses an id (<c>bad_id</c>) or a value (<c>type_mismatch</c>,
    /// <c>unknown_field</c>) that the table cannot hold. Asked for each record that a transaction leaves alive, before it is decided.
    /// </summary>
    /// <param name="now">The transaction's time: what a default of the current time becomes.</param>
    NormalizeResult Normalize(RecordKey key, CanonicalJson fields, DateTimeOffset now);
}

/// <summary>The turn to commit: one batch, or none. Disposing it gives it back.</summary>
public interface ICommitTurn : IAsyncDisposable
{
    /// <summary>The newest revision; none comes behind it while the turn is held.</summary>
    Revision Head { get; }

    /// <summary>As <see cref="ITransactionStore.CommitAsync"/>. Called once at most; whatever it answers, the turn is over.</summary>
    ValueTask<CommitAnswer> CommitAsync(CommitBatch batch, CancellationToken cancellationToken);
}

/// <summary>What a store says of itself once it is open.</summary>
/// <param name="Head">The newest revision.</param>
/// <param name="TokenKey">32 random bytes, made when the store was created: seals the tokens that clients hold.</param>
/// <param name="Cascades">What the database does by itself to other registered tables when a record is deleted.</param>
/// <param name="IsShared">True where others write to it too, other nodes or the app's own SQL: its log is then looked at now and then.</param>
public sealed record StoreInfo(Revision Head, ReadOnlyMemory<byte> TokenKey, IReadOnlyList<StoreCascade> Cascades, bool IsShared = false);

/// <summary>A foreign key with an action: when a record of <paramref name="ParentTable"/> is deleted, records of <paramref name="ChildTable"/> whose field holds its id are deleted, or lose the field.</summary>
public sealed record StoreCascade(string ParentTable, string ChildTable, FieldPath ChildField, CascadeAction Action);

public enum CascadeAction { Delete, SetNull }

/// <summary>Records by key at one revision. A key that is absent never had a record.</summary>
public sealed record StoreSnapshot(Revision Revision, IReadOnlyDictionary<RecordKey, Record> Records);

/// <summary>A query as the store gets it: <paramref name="Also"/> are conditions of the rules, joined by and.</summary>
public sealed record StoreQuery(Query Query, IReadOnlyList<QueryCondition> Also, int MaxRecords);

/// <param name="IsCut">True when there were more records than asked for.</param>
public sealed record StoreQueryResult(Revision Revision, IReadOnlyList<Record> Records, bool IsCut);

/// <summary>A transaction's name: ids of other authors are independent of it.</summary>
public readonly record struct TransactionId(string AuthorId, string TxId);

/// <param name="ContentHash">SHA-256 of the canonical operations: the same id with other content is refused.</param>
/// <param name="Revision">None for a rejection.</param>
public sealed record StoredReceipt(TransactionId Id, ReadOnlyMemory<byte> ContentHash, Revision Revision, Receipt Receipt);

/// <summary>How far a client's numbered transactions are decided.</summary>
public sealed record ClientPosition(string ClientId, string AuthorId, long LastSeq)
{
    /// <summary>Whether it may follow what is stored of the client: S8.</summary>
    public bool MayFollow(ClientPosition stored) => AuthorId == stored.AuthorId && LastSeq > stored.LastSeq;
}

/// <summary>Decided transactions that are committed in one storage transaction, in order.</summary>
/// <param name="Expected">The version that each record read or written had when the batch was decided; 0 where there never was one.</param>
/// <param name="ExpectedLookups">Lookups by indexed field that rules made, with what they found.</param>
public sealed record CommitBatch(IReadOnlyList<CommitEntry> Entries, IReadOnlyDictionary<RecordKey, long> Expected, IReadOnlyList<ExpectedLookup> ExpectedLookups);

/// <summary>
/// A lookup's result when it was made: ids and versions of the live records whose field has the value or is a list that holds it (null: is null or missing), in
/// the order of ids by code point.
/// </summary>
public sealed record ExpectedLookup(string Table, FieldPath Field, CanonicalJson Value, IReadOnlyList<(string Id, long Version)> Found);

/// <summary>One decided transaction: what it changes (each record once, nothing for a rejection) and its receipt.</summary>
/// <param name="Operations">The canonical list of operations, for the log. Tells a <c>restore</c>, which brings back columns that no field shows, from a <c>create</c>, which does not.</param>
/// <param name="Client">The client position after it, or null for one that is not numbered.</param>
/// <param name="Mark">Eight random bytes that tell this log entry from one of another history at the same revision.</param>
public sealed record CommitEntry(TransactionId Id, ReadOnlyMemory<byte> ContentHash, Receipt Receipt, IReadOnlyList<RecordChange> Changes, CanonicalJson Operations, ClientPosition? Client, ulong Mark);

/// <summary>One record before and after one transaction. Before is null where there never was one; a side that is deleted is a tombstone.</summary>
public sealed record RecordChange(Record? Before, Record After)
{
    public RecordKey Key => After.Key;
}

/// <summary>One accepted transaction as the log keeps it.</summary>
public sealed record LogEntry(Revision Revision, ulong Mark, TransactionId Id, DateTimeOffset Now, CanonicalJson Operations, IReadOnlyList<RecordChange> Changes);

/// <param name="IsTrimmed">True when entries after the asked revision are no longer kept.</param>
public sealed record LogPage(IReadOnlyList<LogEntry> Entries, Revision Head, bool IsTrimmed);

/// <summary>Log entries that changed one record, newest first.</summary>
/// <param name="Revision">The snapshot's.</param>
/// <param name="HasMore">True when the log holds older ones.</param>
public sealed record RecordHistory(Revision Revision, IReadOnlyList<RecordHistoryEntry> Entries, bool HasMore);

/// <summary>What one log entry did to one record.</summary>
/// <param name="Operations">The canonical list of those operations that are on this record.</param>
public sealed record RecordHistoryEntry(Revision Revision, TransactionId Id, DateTimeOffset Now, CanonicalJson Operations, RecordChange Change)
{
    /// <summary>The part of a log entry that is about a record which it changed.</summary>
    public static RecordHistoryEntry Of(LogEntry entry, RecordKey key) => new(
        entry.Revision,
        entry.Id,
        entry.Now,
        CanonicalJson.List(entry.Operations.Elements.Where(operation => operation["table"].AsString() == key.Table && operation["id"].AsString() == key.Id)),
        entry.Changes.First(change => change.Key == key));
}

/// <summary>What a store answers to a commit.</summary>
public abstract record CommitAnswer
{
    private CommitAnswer() { }

    /// <summary>All is durable. The accepted entries have consecutive revisions from <paramref name="First"/> on, in their order.</summary>
    public sealed record Committed(Revision First) : CommitAnswer
    {
        /// <summary>
        /// By the entry's place: its changes as they are stored and stand in the log, where the database itself set something, a computed column or one that a trigger fills. Keys and
        /// versions are as decided.
        /// </summary>
        public IReadOnlyDictionary<int, IReadOnlyList<RecordChange>> AsStored { get; init; } = ImmutableDictionary<int, IReadOnlyList<RecordChange>>.Empty;
    }

    /// <summary>These keys, or lookups (then the keys may be none), are no longer as expected; nothing was written.</summary>
    public sealed record Lost(IReadOnlyCollection<RecordKey> Keys) : CommitAnswer;

    /// <summary>The entry at this place breaks a constraint of the database; nothing was written.</summary>
    public sealed record Refused(int EntryIndex, string? ConstraintName) : CommitAnswer;

    /// <summary>Somebody else's open transaction holds what these entries touch, and nobody knows for how long; nothing was written. The others can be committed without them.</summary>
    public sealed record Blocked(IReadOnlyCollection<int> EntryIndexes) : CommitAnswer;

    /// <summary>Whether it was committed cannot be told: the receipts must be read back before anything more is decided on its records.</summary>
    public sealed record Unknown(string Reason) : CommitAnswer;

    /// <summary>The store is busy or out of reach and nothing was written: try later.</summary>
    public sealed record Unavailable(string Reason) : CommitAnswer;
}

/// <summary>Fields in the form that the store gives back, or why it cannot hold them.</summary>
public readonly record struct NormalizeResult(CanonicalJson Fields, ApplyError? Error);

/// <summary>The database does not fit the model, or is not ours to open. The message says what would mend it, with the SQL where there is some.</summary>
public sealed class StoreSetupException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Thrown by a read of a store that cannot answer now, for no fault of what was asked: the same may be asked again later. Over HTTP it is 503 with <c>Retry-After</c>.</summary>
public sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
