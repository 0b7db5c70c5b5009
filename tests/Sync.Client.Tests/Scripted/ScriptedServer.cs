using System.Buffers;
using System.Threading.Channels;

namespace Sync.Client.Tests;

/// <summary>A server that says what the test tells it to say. Takes every dial unless told otherwise.</summary>
internal sealed class ScriptedServer : ITransport
{
    private readonly Channel<ScriptedSession> _accepted = Channel.CreateUnbounded<ScriptedSession>(new() { AllowSynchronousContinuations = true });

    /// <summary>Answers of the next dials, in their order; null lets one in. When there are none left, all are let in.</summary>
    public Queue<TransportException?> Answers { get; } = [];

    public List<string?> Tokens { get; } = [];
    public int Dials { get; private set; }

    /// <summary>While set, dials wait for it.</summary>
    public TaskCompletionSource? Gate { get; set; }

    public async ValueTask<ITransportConnection> ConnectAsync(TransportRequest request, CancellationToken cancellationToken)
    {
        Dials++;
        Tokens.Add(request.AccessToken);
        if (Gate is { } gate) await gate.Task.WaitAsync(cancellationToken);
        if (Answers.TryDequeue(out var answer) && answer is not null) throw answer;
        var session = new ScriptedSession();
        _accepted.Writer.TryWrite(session);
        return session;
    }

    public async Task<ScriptedSession> AcceptAsync() => await _accepted.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));

    /// <summary>Takes a dial and greets.</summary>
    public async Task<ScriptedSession> WelcomeAsync(string userId = "alice", TimeSpan? heartbeat = null)
    {
        var session = await AcceptAsync();
        session.Hello = await session.ExpectAsync<ClientMessage.Hello>();
        session.Send(new ServerMessage.Welcome(1, userId, heartbeat ?? TimeSpan.FromSeconds(15), 256 * 1024));
        return session;
    }
}

/// <summary>One connection, seen from the server.</summary>
internal sealed class ScriptedSession : ITransportConnection
{
    private readonly Channel<ClientMessage> _heard = Channel.CreateUnbounded<ClientMessage>(new() { AllowSynchronousContinuations = true });
    private readonly Channel<TransportReceive> _said = Channel.CreateUnbounded<TransportReceive>(new() { AllowSynchronousContinuations = true });
    private TransportClose? _end;

    public ClientMessage.Hello Hello { get; set; } = null!;

    /// <summary>The place in history that checkpoints lead to.</summary>
    public Token Place { get; set; } = new("t");

    /// <summary>How the client ended it; null while it has not.</summary>
    public TransportClose? ClosedByClient { get; private set; }

    public async Task<T> ExpectAsync<T>() where T : ClientMessage
    {
        var message = await _heard.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10));
        return message as T ?? throw new AssertionException($"{typeof(T).Name} was expected, {message} came.");
    }

    public void ExpectNothing()
    {
        if (_heard.Reader.TryPeek(out var message)) throw new AssertionException($"Nothing was expected, {message} came.");
    }

    public void ExpectNothingBut<T>() where T : ClientMessage
    {
        while (_heard.Reader.TryRead(out var message)) Assert.That(message, Is.InstanceOf<T>().Or.InstanceOf<ClientMessage.Ping>());
    }

    public void ExpectNothingButPings()
    {
        while (_heard.Reader.TryRead(out var message)) Assert.That(message, Is.InstanceOf<ClientMessage.Ping>());
    }

    public async Task<T> ExpectBesidesPingsAsync<T>() where T : ClientMessage
    {
        while (true)
        {
            var message = await ExpectAsync<ClientMessage>();
            if (message is not ClientMessage.Ping) return message as T ?? throw new AssertionException($"{typeof(T).Name} was expected, {message} came.");
        }
    }

    public void Send(ServerMessage message)
    {
        var buffer = new ArrayBufferWriter<byte>();
        ProtocolCodec.Write(buffer, message);
        SendRaw(buffer.WrittenSpan.ToArray());
    }

    public void SendRaw(byte[] frame) => _said.Writer.TryWrite(TransportReceive.Of(frame));

    public void Checkpoint(Record[] records, SubscriptionDelta[] deltas, params ReceiptDelivery[] receipts) =>
        Send(new ServerMessage.Checkpoint(Place, [.. records], [.. deltas], [.. receipts]));

    /// <summary>Answers a subscription with its whole first result.</summary>
    public void Load(SubscriptionId sub, params Record[] records) =>
        Checkpoint(records, [new SubscriptionDelta(sub, [.. records.Select(record => record.Id)], [], IsLoaded: true)]);

    public void Close(int code) => End(new TransportClose(code, ""));

    public ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        if (_end is not null) throw new TransportException("gone");
        if (!ProtocolCodec.TryReadClient(message.Span, out var read, out var fault)) throw new AssertionException($"The client sent what can't be read: {fault.Message}");
        _heard.Writer.TryWrite(read);
        return ValueTask.CompletedTask;
    }

    public async ValueTask<TransportReceive> ReceiveAsync(CancellationToken cancellationToken)
    {
        if (await _said.Reader.WaitToReadAsync(cancellationToken) && _said.Reader.TryRead(out var received)) return received;
        return TransportReceive.Closed(_end!);
    }

    public ValueTask CloseAsync(TransportClose close, CancellationToken cancellationToken)
    {
        ClosedByClient ??= close;
        End(close);
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        End(new TransportClose(TransportClose.Lost, ""));
        return ValueTask.CompletedTask;
    }

    private void End(TransportClose close)
    {
        _end ??= close;
        _said.Writer.TryComplete();
    }
}
