using Sync.Client;

namespace Sync.Testing;

/// <summary>What not every storage, or not every way of testing it, has.</summary>
[Flags]
public enum StorageFeatures
{
    None = 0,

    /// <summary><see cref="RecordStorageHome.LetGoAsync"/> does what it says.</summary>
    Freezing = 1,

    /// <summary><see cref="RecordStorageHome.MakeNewerAsync"/>, <see cref="RecordStorageHome.DamageAsync"/> and <see cref="RecordStorageHome.ReadRawAsync"/> do what they say.</summary>
    Formats = 2,
}

/// <summary>The place where storages under test keep their data: a folder, a browser's databases. Disposing it clears it away.</summary>
public abstract class RecordStorageHome : IAsyncDisposable
{
    public virtual StorageFeatures Offers => StorageFeatures.None;

    /// <summary>Opens storages in this place. What one of its storages has written the next one finds.</summary>
    public abstract IRecordStorageProvider Provider { get; }

    /// <summary>The process of an open storage dies: what it holds becomes free as the system frees it, and nothing of it runs on. Nobody uses the storage after that.</summary>
    public abstract ValueTask CrashAsync(IRecordStorage storage);

    /// <summary>What an open storage holds becomes free although it lives on and knows nothing of it, as a page of a browser that stood still for long.</summary>
    public virtual ValueTask LetGoAsync(IRecordStorage storage) => throw NotOffered(StorageFeatures.Freezing);

    /// <summary>Makes a storage that is not open look as if a newer version of the adapter had migrated it.</summary>
    public virtual ValueTask MakeNewerAsync(StorageName name) => throw NotOffered(StorageFeatures.Formats);

    /// <summary>Spoils a storage that is not open, so that nobody can read it.</summary>
    public virtual ValueTask DamageAsync(StorageName name) => throw NotOffered(StorageFeatures.Formats);

    /// <summary>All that is kept of a storage that is not open, in any form that shows each change.</summary>
    public virtual ValueTask<byte[]> ReadRawAsync(StorageName name) => throw NotOffered(StorageFeatures.Formats);

    public abstract ValueTask DisposeAsync();

    private static NotSupportedException NotOffered(StorageFeatures feature) => new($"This home does not offer {feature}.");
}
