using Sync.Testing;

namespace Sync.AspNetCore.Tests.Transport;

public sealed class InMemoryConformanceTests
{
    [TestCaseSource(typeof(TransportConformance), nameof(TransportConformance.Cases))]
    public Task The_pair_in_memory_keeps_the_transport_contract(TransportCase rule) => rule.RunAsync(Open, Patience.Token);

    private static Task<TransportPair> Open(CancellationToken patience)
    {
        var (client, server) = InMemoryConnection.CreatePair();
        return Task.FromResult(new TransportPair(client, server));
    }
}
