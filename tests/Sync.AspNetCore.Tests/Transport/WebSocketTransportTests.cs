using Sync.Transport.WebSockets;

namespace Sync.AspNetCore.Tests.Transport;

public sealed class WebSocketTransportTests
{
    private SocketListener _listener = null!;

    [OneTimeSetUp]
    public async Task Listen() => _listener = await SocketListener.StartAsync();

    [OneTimeTearDown]
    public async Task StopListening() => await _listener.DisposeAsync();

    [TestCase("t0k+/=", ExpectedResult = "Bearer t0k+/=")]
    [TestCase(null, ExpectedResult = "")]
    public async Task<string> The_token_travels_as_a_header(string? token)
    {
        await using var connection = await new WebSocketTransport().ConnectAsync(new(_listener.Address("open"), token), Patience.Token);
        await using var accepted = await _listener.AcceptAsync();
        _listener.Requests.TryDequeue(out var credential);
        return credential!;
    }

    [Test]
    public async Task What_is_no_text_goes_as_binary_and_only_the_end_that_dialled_takes_it()
    {
        await using var dialled = await new WebSocketTransport().ConnectAsync(new(_listener.Address("open"), null), Patience.Token);
        await using var accepted = await _listener.AcceptAsync();

        byte[] wrapped = [2, 0xFF, 0xC3, 0x28];
        await accepted.SendAsync(wrapped, Patience.Token);
        Assert.That((await dialled.ReceiveAsync(Patience.Token)).Message.ToArray(), Is.EqualTo(wrapped));

        await dialled.SendAsync(wrapped, Patience.Token);
        Assert.That((await accepted.ReceiveAsync(Patience.Token)).Close?.Code, Is.EqualTo(TransportClose.UnsupportedData));
    }

    [TestCase(401)]
    [TestCase(403)]
    [TestCase(429)]
    [TestCase(503)]
    public void A_refused_dial_tells_the_status(int status)
    {
        var dial = new WebSocketTransport().ConnectAsync(new(_listener.Address($"refused/{status}"), null), Patience.Token).AsTask();

        Assert.That(async () => await dial, Throws.TypeOf<TransportException>().With.Property(nameof(TransportException.Status)).EqualTo(status));
    }

    [Test]
    public void A_server_that_is_not_there_has_no_status()
    {
        var dial = new WebSocketTransport().ConnectAsync(new(new Uri("http://127.0.0.1:1/api"), null), Patience.Token).AsTask();

        Assert.That(async () => await dial, Throws.TypeOf<TransportException>().With.Property(nameof(TransportException.Status)).EqualTo(0));
    }

    [TestCase("http://a.example/api/realtime", null, false, "ws://a.example/api/realtime/socket")]
    [TestCase("https://a.example/api/realtime/", null, false, "wss://a.example/api/realtime/socket")]
    [TestCase("https://a.example:8443", null, false, "wss://a.example:8443/socket")]
    [TestCase("ws://a.example/x?tenant=1", null, false, "ws://a.example/x/socket?tenant=1")]
    [TestCase("https://a.example/x", "a b&c", false, "wss://a.example/x/socket")]
    [TestCase("https://a.example/x", null, true, "wss://a.example/x/socket")]
    [TestCase("https://a.example/x", "a b&c=+", true, "wss://a.example/x/socket?access_token=a%20b%26c%3D%2B")]
    [TestCase("https://a.example/x?tenant=1", "t", true, "wss://a.example/x/socket?tenant=1&access_token=t")]
    public void The_socket_stands_under_the_address_of_MapSync(string server, string? token, bool isBrowser, string expected)
    {
        Assert.That(SocketAddress.Of(new(new Uri(server), token), isBrowser).AbsoluteUri, Is.EqualTo(expected));
    }

    [Test]
    public void Any_other_address_is_refused_by_name()
    {
        Assert.That(() => SocketAddress.Of(new(new Uri("ftp://a.example"), null), false), Throws.ArgumentException.With.Message.Contains("not ftp"));
    }

    [Test]
    public void UseWebSockets_returns_what_it_was_called_on()
    {
        var target = new Target();

        Target same = target.UseWebSockets();

        Assert.That(same, Is.SameAs(target));
        Assert.That(target.Create!(new NoServices()), Is.TypeOf<WebSocketTransport>());
    }

    private sealed class Target : ITransportTarget
    {
        public Func<IServiceProvider, ITransport>? Create { get; private set; }

        public ITransportTarget UseTransport(Func<IServiceProvider, ITransport> create)
        {
            Create = create;
            return this;
        }
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
