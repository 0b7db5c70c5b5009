using Sync.Testing;
using Sync.Transport.WebSockets;

namespace Sync.AspNetCore.Tests.Transport;

public sealed class WebSocketConformanceTests
{
    private const int MaxMessageBytes = 200_000;

    private SocketListener _listener = null!;

    [OneTimeSetUp]
    public async Task Listen() => _listener = await SocketListener.StartAsync(MaxMessageBytes);

    [OneTimeTearDown]
    public async Task StopListening() => await _listener.DisposeAsync();

    [TestCaseSource(typeof(TransportConformance), nameof(TransportConformance.Cases))]
    public Task WebSockets_keep_the_transport_contract(TransportCase rule) => rule.RunAsync(OpenAsync, Patience.Token);

    private async Task<TransportPair> OpenAsync(CancellationToken patience)
    {
        var dialler = await new WebSocketTransport().ConnectAsync(new TransportRequest(_listener.Address("open"), null), patience);
        return new TransportPair(dialler, await _listener.AcceptAsync(), MaxMessageBytes);
    }
}
