namespace Sync.Testing;

/// <summary>The two ends of one open connection. Disposing it drops both.</summary>
/// <param name="MaxMessageBytes">The largest message that <paramref name="Acceptor"/> takes in; null where it knows no bound.</param>
public sealed record TransportPair(ITransportConnection Dialler, ITransportConnection Acceptor, int? MaxMessageBytes = null) : IAsyncDisposable
{
    public async ValueTask DisposeAsync()
    {
        await Dialler.DisposeAsync().ConfigureAwait(false);
        await Acceptor.DisposeAsync().ConfigureAwait(false);
    }
}

/// <summary>One rule of the transport contract. Run it with a way to open a fresh pair and a token that cancels when patience ends.</summary>
public sealed record TransportCase(string Name, Func<TransportPair, CancellationToken, Task> Check)
{
    /// <exception cref="ConformanceException">The transport breaks the rule.</exception>
    public async Task RunAsync(Func<CancellationToken, Task<TransportPair>> open, CancellationToken patience)
    {
        var pair = await open(patience).ConfigureAwait(false);
        await using var _ = pair.ConfigureAwait(false);
        try
        {
            await Check(pair, patience).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (patience.IsCancellationRequested)
        {
            throw new ConformanceException($"{Name}: the transport never came to an end of it.");
        }
    }

    public override string ToString() => Name;
}
