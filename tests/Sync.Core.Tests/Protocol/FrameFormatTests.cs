using System.Buffers.Binary;
using System.Text;

namespace Sync.Core.Tests;

public sealed class FrameFormatTests
{
    private static readonly ServerMessage.Part Large = new(new(1), [.. Enumerable.Range(0, 200).Select(i => new Record(new("tasks", $"task-{i:000}"), 1, Some.Json($$"""{"title":"Write report {{i}}"}""")))]);
    private static readonly byte[] Json = Frames.Of(Large);

    [Test]
    public void A_wrapped_message_comes_back_as_it_was_written([Values(1, 2)] int format)
    {
        var frame = FrameFormats.Wrap(Json, (FrameFormat)format).ToArray();

        Assert.That((frame[0], frame.Length), Is.EqualTo(((byte)format, frame.Length)));
        Assert.That(frame, Has.Length.LessThan(Json.Length / 3));
        Assert.That(Shape.Of(Frames.ReadServer(frame)), Is.EqualTo(Shape.Of(Large)));
    }

    [Test]
    public void What_would_not_become_smaller_goes_as_it_is([Values(0, 1, 2)] int format)
    {
        var noise = new byte[5000];
        new Random(1).NextBytes(noise);

        Assert.That(FrameFormats.Wrap(noise, (FrameFormat)format).ToArray(), Is.EqualTo(noise));
        Assert.That(FrameFormats.Wrap("{}"u8.ToArray(), (FrameFormat)format).ToArray(), Is.EqualTo("{}"u8.ToArray()));
    }

    [Test]
    public void A_wrapped_message_that_is_not_what_its_head_says_is_refused([Values(1, 2)] int format)
    {
        var frame = FrameFormats.Wrap(Json, (FrameFormat)format).ToArray();
        foreach (var length in new[] { Json.Length - 1, Json.Length + 1, 0, -1, FrameFormats.MaxInflatedBytes + 1, int.MaxValue })
        {
            var other = frame.ToArray();
            BinaryPrimitives.WriteInt32BigEndian(other.AsSpan(1), length);
            Assert.That(ProtocolCodec.TryReadServer(other, out _, out var fault), Is.False, $"{length}");
            Assert.That(fault!.Code, Is.EqualTo(ErrorCodes.BadJson));
        }
        Assert.That(ProtocolCodec.TryReadServer(frame.AsSpan(0, frame.Length / 2), out _, out _), Is.False);
        Assert.That(ProtocolCodec.TryReadServer(frame.AsSpan(0, 3), out _, out _), Is.False);
        Assert.That(ProtocolCodec.TryReadServer([(byte)format, 0, 0, 0, 9, 1, 2, 3, 4], out _, out _), Is.False);
    }

    [Test]
    public void Of_a_bomb_nothing_is_inflated_beyond_what_its_head_says([Values(1, 2)] int format)
    {
        var bomb = FrameFormats.Wrap(Encoding.UTF8.GetBytes($"{{\"type\":\"ping\",\"x\":\"{new string('a', 10_000_000)}\"}}"), (FrameFormat)format).ToArray();
        Assert.That(bomb, Has.Length.LessThan(100_000));
        BinaryPrimitives.WriteInt32BigEndian(bomb.AsSpan(1), 1000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.That(FrameFormats.TryUnwrap(bomb, out _), Is.False);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1_000_000));
    }

    [Test]
    public void What_a_client_sends_is_never_inflated([Values(1, 2)] int format)
    {
        var hello = Encoding.UTF8.GetBytes($$"""{"type":"hello","protocol":1,"clientId":"{{new string('c', 200)}}"}""");

        Assert.That(ProtocolCodec.TryReadClient(FrameFormats.Wrap(hello, (FrameFormat)format).Span, out _, out var fault), Is.False);
        Assert.That(fault!.Code, Is.EqualTo(ErrorCodes.BadJson));
    }

    [Test]
    public void The_best_format_that_both_know_is_taken()
    {
        Assert.That(FrameFormats.BestOf(["gzip", "br"]), Is.EqualTo(FrameFormat.Brotli));
        Assert.That(FrameFormats.BestOf(["zstd", "gzip"]), Is.EqualTo(FrameFormat.Gzip));
        Assert.That(FrameFormats.BestOf(["zstd"]), Is.EqualTo(FrameFormat.Json));
        Assert.That(FrameFormats.BestOf([]), Is.EqualTo(FrameFormat.Json));
        Assert.That(FrameFormats.BestOf(FrameFormats.Known), Is.Not.EqualTo(FrameFormat.Json));
    }
}
