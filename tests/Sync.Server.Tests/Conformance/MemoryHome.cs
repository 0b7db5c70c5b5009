using Sync.Testing;

namespace Sync.Server.Tests;

/// <summary>A store that takes its data along when it ends.</summary>
internal sealed class MemoryHome : TransactionStoreHome
{
    public override StoreFeatures Offers => StoreFeatures.ShortLog;

    public override ITransactionStore Create() => new InMemoryStore(new Random(1).NextBytes);

    public override ITransactionStore CreateWithShortLog(int maxEntries) => new InMemoryStore(new Random(1).NextBytes, maxEntries);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
