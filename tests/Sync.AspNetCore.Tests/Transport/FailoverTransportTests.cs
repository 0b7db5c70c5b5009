using System.Net;
using System.Net.Sockets;
using Sync.Transport.WebSockets;

namespace Sync.AspNetCore.Tests.Transport;

public sealed class FailoverTransportTests
{
    private static readonly Uri Nowhere = new("http://127.0.0.1:1/api");
    private SocketListener _listener = null!;

    [OneTimeSetUp]
    public async Task Listen() => _listener = await SocketListener.StartAsync();

    [OneTimeTearDown]
    public async Task StopListening() => await _listener.DisposeAsync();

    [Test]
    public async Task The_next_address_is_dialled_at_once_where_one_is_not_there_or_has_no_time()
    {
        var transport = new FailoverTransport(new WebSocketTransport(), [_listener.Address("refused/503"), _listener.Address("open")]);
        await using var connection = await transport.ConnectAsync(new(Nowhere, null), Patience.Token);
        await using var accepted = await _listener.AcceptAsync();
        await accepted.SendAsync("hello"u8.ToArray(), Patience.Token);
        Assert.That((await connection.ReceiveAsync(Patience.Token)).Message.ToArray(), Is.EqualTo("hello"u8.ToArray()));
    }

    [Test]
    public void A_refusal_for_who_is_signed_in_ends_the_dial()
    {
        var transport = new FailoverTransport(new WebSocketTransport(), [_listener.Address("open")]);
        Assert.That(async () => await transport.ConnectAsync(new(_listener.Address("refused/401"), null), Patience.Token), Throws.TypeOf<TransportException>().With.Property(nameof(TransportException.Status)).EqualTo(401));
    }

    [Test]
    public void Where_none_is_there_the_last_fault_is_the_dials()
    {
        var transport = new FailoverTransport(new WebSocketTransport(), [_listener.Address("refused/503")]);
        Assert.That(async () => await transport.ConnectAsync(new(Nowhere, null), Patience.Token), Throws.TypeOf<TransportException>().With.Property(nameof(TransportException.Status)).EqualTo(503));
    }

    /// <summary>A machine that stands still takes connections, since its kernel does that for it.</summary>
    [Test]
    public async Task One_that_takes_connections_and_says_nothing_is_not_dialled_first_again()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        var transport = new FailoverTransport(new WebSocketTransport(), [_listener.Address("open")]);
        var request = new TransportRequest(new Uri($"http://{silent.LocalEndpoint}/api"), null);
        using var givenUp = new CancellationTokenSource();
        var dial = transport.ConnectAsync(request, givenUp.Token);
        using var taken = await silent.AcceptTcpClientAsync(Patience.Token);
        await givenUp.CancelAsync();
        Assert.That(async () => await dial, Throws.InstanceOf<OperationCanceledException>());

        await using var connection = await transport.ConnectAsync(request, Patience.Token);
        await using var accepted = await _listener.AcceptAsync();
    }
}
