using Sync.Testing;

namespace Sync.Client.Tests;

/// <summary>Storages that live as long as their home.</summary>
internal sealed class MemoryStorageHome : RecordStorageHome
{
    public override StorageFeatures Offers => StorageFeatures.Freezing;

    public override IRecordStorageProvider Provider { get; } = new InMemoryStorageProvider();

    public override ValueTask CrashAsync(IRecordStorage storage) => LetGoAsync(storage);

    public override ValueTask LetGoAsync(IRecordStorage storage)
    {
        ((InMemoryStorage)storage).Release();
        return ValueTask.CompletedTask;
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
