using System.Text;
using Sync.Testing;

namespace Sync.Server.Tests.Sessions;

/// <summary>Large messages go wrapped to those who can unwrap them.</summary>
public sealed class FormatTests
{
    [TestCase(1, "gzip")]
    [TestCase(2, "br")]
    [TestCase(2, "gzip", "br")]
    [TestCase(0, "zstd")]
    [TestCase(0)]
    public async Task A_large_message_goes_in_the_best_format_that_both_know(int format, params string[] accept)
    {
        await using var server = ClaimTests.SomeServer(1000);
        var frames = await FramesAsync(server, accept);

        Assert.That(frames.Where(f => f.Length > CheckpointEncoder.LeastWrappedBytes && f[0] == (byte)'{'), format == 0 ? Is.Not.Empty : Is.Empty);
        Assert.That(frames.Where(f => f[0] != (byte)'{').Select(f => (int)f[0]).Distinct(), Is.EqualTo(format == 0 ? [] : new[] { format }));
        Assert.That(frames[0][0], Is.EqualTo((byte)'{'), "a small message goes as it is");
        var held = frames.Select(f => ProtocolCodec.TryReadServer(f, out var message, out _) ? message : null).OfType<ServerMessage.Part>().Sum(p => p.Records.Length);
        Assert.That(held, Is.EqualTo(1000));
    }

    [Test]
    public async Task What_many_are_owed_is_encoded_and_wrapped_once()
    {
        await using var server = ClaimTests.SomeServer(1);
        var sessions = Enumerable.Range(0, 3).Select(_ => Open(server, "br")).ToArray();
        var before = server.Sessions.Context.Encoder.EncodedCheckpoints;
        server.Write([.. Enumerable.Range(0, 100).Select(i => Ops.Card($"n{i}", "demo"))]);

        Assert.That(server.Sessions.Context.Encoder.EncodedCheckpoints - before, Is.EqualTo(1));
        foreach (var (connection, run) in sessions)
        {
            byte[] last = [];
            while (await NextAsync(connection) is { } frame) last = frame;
            Assert.That((last[0], ProtocolCodec.TryReadServer(last, out _, out _)), Is.EqualTo(((byte)FrameFormat.Brotli, true)));
            await connection.DisposeAsync();
            await run;
        }
    }

    private static async Task<List<byte[]>> FramesAsync(TestServer server, string[] accept)
    {
        var frames = new List<byte[]>();
        var (connection, run) = Open(server, accept);
        while (await NextAsync(connection) is { } frame) frames.Add(frame);
        await connection.DisposeAsync();
        await run;
        return frames;
    }

    private static (InMemoryConnection Connection, Task Run) Open(TestServer server, params string[] accept)
    {
        var (client, served) = InMemoryConnection.CreatePair();
        var run = server.Sessions.RunAsync(served, Caller.User("alice"), DateTimeOffset.MaxValue, CancellationToken.None);
        Say(client, new ClientMessage.Hello(ProtocolCodec.Version, "client", default, [.. accept]));
        Say(client, new ClientMessage.Subscribe(new(1), Board.CardsOf("demo")));
        return (client, run);
    }

    private static void Say(InMemoryConnection connection, ClientMessage message)
    {
        var buffer = new System.Buffers.ArrayBufferWriter<byte>();
        ProtocolCodec.Write(buffer, message);
        Assert.That(connection.SendAsync(buffer.WrittenMemory, CancellationToken.None).IsCompleted);
    }

    /// <summary>Null where nothing waits: on one thread, all that is to come is there.</summary>
    private static async Task<byte[]?> NextAsync(InMemoryConnection connection)
    {
        using var now = new CancellationTokenSource();
        var receiving = connection.ReceiveAsync(now.Token).AsTask();
        if (receiving.IsCompleted) return (await receiving).Message.ToArray();
        await now.CancelAsync();
        return null;
    }
}
