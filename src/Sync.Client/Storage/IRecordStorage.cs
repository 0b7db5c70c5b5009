namespace Sync.Client;

/// <summary>
/// The durable home of one user's records and transactions on this device. Called by one caller at a time, in order.
/// A batch is atomic: after a crash either all of it is there or none. What <see cref="WriteAsync"/> has returned for survives.
/// </summary>
public interface IRecordStorage : IAsyncDisposable
{
    /// <summary>All that is stored. Called once, before anything is written.</summary>
    ValueTask<StoredState> LoadAsync(CancellationToken cancellationToken);

    ValueTask WriteAsync(StorageBatch batch, CancellationToken cancellationToken);
}

/// <summary>Opens storages: one for each server and user, never shared between them.</summary>
public interface IRecordStorageProvider
{
    ValueTask<IRecordStorage> OpenAsync(StorageName name, CancellationToken cancellationToken);
}

/// <summary>Whose storage it is.</summary>
public sealed record StorageName(Uri Server, string UserId);
