using Sync.Server;

namespace Sync.Testing;

/// <summary>One rule of <see cref="ITransactionStore"/> as a test that any runner can call.</summary>
/// <param name="Promise">The numbered promise that it is of, S1 to S11.</param>
/// <param name="Needs">What a home must offer for the case to say anything.</param>
/// <param name="RunAsync">Ends quietly, or throws <see cref="ConformanceException"/>. Each run wants a home of its own that is empty.</param>
public sealed record TransactionStoreCase(string Name, string Promise, StoreFeatures Needs, Func<TransactionStoreHome, CancellationToken, Task> RunAsync)
{
    public bool CanRunIn(StoreFeatures offered) => (Needs & ~offered) == 0;

    public override string ToString() => $"{Promise}_{Name}";
}

/// <summary>What not every store has.</summary>
[Flags]
public enum StoreFeatures
{
    None = 0,

    /// <summary>A second store over the same home has what the first one committed.</summary>
    Durable = 1,

    /// <summary><see cref="TransactionStoreHome.CreateWithShortLog"/> gives a store.</summary>
    ShortLog = 2,

    /// <summary>The tables <c>shelves</c> and <c>books</c> are the app's own, as <see cref="ConformanceModel"/> says.</summary>
    Relations = 4,

    /// <summary>Several stores may be open over the home at once.</summary>
    Shared = 8,
}

/// <summary>The place where a store under test keeps its data: a file, a schema. Disposing it clears it away.</summary>
public abstract class TransactionStoreHome : IAsyncDisposable
{
    public abstract StoreFeatures Offers { get; }

    /// <summary>A store over this place, not opened yet. The one before it has been disposed of, unless the home offers <see cref="StoreFeatures.Shared"/>.</summary>
    public abstract ITransactionStore Create();

    /// <summary>The same, keeping few log entries.</summary>
    public virtual ITransactionStore CreateWithShortLog(int maxEntries) => throw new NotSupportedException($"This home does not offer {StoreFeatures.ShortLog}.");

    public abstract ValueTask DisposeAsync();
}
