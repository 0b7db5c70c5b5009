using Sync.Client;

namespace Sync.Testing;

/// <summary>One rule of <see cref="IRecordStorage"/> as a test that any runner can call.</summary>
public sealed class RecordStorageCase
{
    private readonly Func<StorageScene, Task> _check;

    internal RecordStorageCase(string name, string promise, Func<StorageScene, Task> check, StorageFeatures needs = StorageFeatures.None) =>
        (Name, Promise, _check, Needs) = (name, promise, check, needs);

    public string Name { get; }

    /// <summary>The numbered promise that it is of, R1 to R10.</summary>
    public string Promise { get; }

    /// <summary>What a home must offer for the case to say anything.</summary>
    public StorageFeatures Needs { get; }

    public bool CanRunIn(StorageFeatures offered) => (Needs & ~offered) == 0;

    /// <summary>Ends quietly, or throws. Each run wants a home of its own that is empty.</summary>
    /// <exception cref="ConformanceException">The storage breaks the rule.</exception>
    public async Task RunAsync(RecordStorageHome home, CancellationToken patience)
    {
        var scene = new StorageScene(home, patience);
        await using var _ = scene.ConfigureAwait(false);
        try
        {
            await _check(scene).WaitAsync(patience).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw new ConformanceException($"{Name}: the storage never came to an end of it.");
        }
    }

    public override string ToString() => $"{Promise}_{Name}";
}
