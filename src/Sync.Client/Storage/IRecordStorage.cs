namespace Sync.Client;

/// <summary>
/// The durable home of one user's records and transactions on this device, as one running client has it open. Implemented by adapters; <c>docs/adapters.md</c>
/// tells how, the conformance suite of Sync.Testing proves it. The numbered promises are named by the suite's cases.
/// </summary>
/// <remarks>
/// <para>R1. A batch is atomic: after a crash at any instruction all of it is there or none. A torn tail is dropped.</para>
/// <para>R2. What <see cref="WriteAsync"/> has returned for survives a crash of the process and, in the default setting, a loss of power: the return is the fsync point.</para>
/// <para>R3. A batch that failed has changed nothing, and the storage goes on working if it can.</para>
/// <para>R4. What is read is what was written, byte for byte. Reads may run beside a write and beside each other, and see whole batches; after a write has returned they see it.</para>
/// <para>R5. Each open storage owns one partition of the queue, named by its client id and held by a lock that the system gives up when its owner dies. A held lock is never taken.
/// Partitions whose owner is gone are taken over by <see cref="LoadAsync"/>: the newest becomes the caller's own, or, where there is none, a new one under the id it brings;
/// of the others those with transactions are adopted, those without are removed. Two clients that open at once never own the same partition.</para>
/// <para>R6. A batch by a client whose partition has been taken over since (a thawed tab), or what only the writer may write by one who was it and is not any more, is refused with
/// <see cref="StorageTakenOverException"/> and changes nothing. The client then calls <see cref="LoadAsync"/> again, which gives it another partition.</para>
/// <para>R7. At most one open storage of a name is the writer, who keeps records, subscriptions and token; a batch that holds any of these, of one who never was it, is refused with
/// <see cref="InvalidOperationException"/>. Queue, tray and undo steps are written by everybody.</para>
/// <para>R8. The storage creates and migrates itself. One made by a newer version, or damaged, is refused with <see cref="StorageFormatException"/> and left untouched.</para>
/// <para>R9. Storages of different names share nothing.</para>
/// <para>R10. Undo steps belong to the partition of whoever wrote them, go with it, and are told to the one whose own it becomes, by number. They are nobody else's: a partition that
/// is adopted loses them with that, and they alone do not make it worth adopting.</para>
/// <para>Batches come from one caller, one at a time, in order.</para>
/// </remarks>
public interface IRecordStorage : IAsyncDisposable
{
    /// <summary>Takes a partition and tells all that is stored but records. Called first, and again after <see cref="StorageTakenOverException"/>.</summary>
    /// <param name="newClientId">Names the caller's partition where no abandoned one is there to go on with.</param>
    ValueTask<StoredState> LoadAsync(string newClientId, CancellationToken cancellationToken);

    /// <summary>Those of the records that are stored, in no particular order.</summary>
    ValueTask<IReadOnlyList<Record>> FindAsync(IReadOnlyCollection<RecordKey> keys, CancellationToken cancellationToken);

    /// <summary>All stored records that meet the conditions of a query, in no particular order. Its limit plays no part.</summary>
    ValueTask<IReadOnlyList<Record>> QueryAsync(Query query, CancellationToken cancellationToken);

    ValueTask WriteAsync(StorageBatch batch, CancellationToken cancellationToken);

    /// <summary>Takes the writer's place if nobody has it. True where the caller is the writer, also if it was already.</summary>
    ValueTask<bool> TryBecomeWriterAsync(CancellationToken cancellationToken);

    /// <summary>Removes everything but the partitions of others that run. The storage is disposed of next.</summary>
    ValueTask DeleteAsync(CancellationToken cancellationToken);
}

/// <summary>Opens storages: one for each server, tenant and user, never shared between them.</summary>
public interface IRecordStorageProvider
{
    /// <exception cref="StorageFormatException">It is there, but not one that this version can read. It was left untouched.</exception>
    ValueTask<IRecordStorage> OpenAsync(StorageName name, CancellationToken cancellationToken);
}
