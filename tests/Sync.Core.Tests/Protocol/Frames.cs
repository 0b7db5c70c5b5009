using System.Buffers;
using System.Text;

namespace Sync.Core.Tests;

/// <summary>Writes and reads frames in a test's own words.</summary>
internal static class Frames
{
    public static byte[] Of(ClientMessage message) => Written(to => ProtocolCodec.Write(to, message));
    public static byte[] Of(ServerMessage message) => Written(to => ProtocolCodec.Write(to, message));

    public static byte[] Written(Action<IBufferWriter<byte>> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        write(buffer);
        return buffer.WrittenSpan.ToArray();
    }

    public static ClientMessage ReadClient(byte[] frame) =>
        ProtocolCodec.TryReadClient(frame, out var message, out var fault) ? message : throw new AssertionException($"{fault.Code}: {fault.Message}\n{Encoding.UTF8.GetString(frame)}");

    public static ServerMessage ReadServer(byte[] frame) =>
        ProtocolCodec.TryReadServer(frame, out var message, out var fault) ? message : throw new AssertionException($"{fault.Code}: {fault.Message}\n{Encoding.UTF8.GetString(frame)}");

    public static JsonFault RefusedOfClient(string frame)
    {
        Assert.That(ProtocolCodec.TryReadClient(Encoding.UTF8.GetBytes(frame), out var message, out var fault), Is.False, $"{frame} was taken in.");
        Assert.That(message, Is.Null);
        return fault!;
    }

    public static JsonFault RefusedOfServer(string frame)
    {
        Assert.That(ProtocolCodec.TryReadServer(Encoding.UTF8.GetBytes(frame), out var message, out var fault), Is.False, $"{frame} was taken in.");
        Assert.That(message, Is.Null);
        return fault!;
    }

    public static Operation ReadOperation(string json) =>
        ProtocolCodec.TryReadOperation(CanonicalJson.Parse(json), out var operation, out var fault) ? operation : throw new AssertionException($"{fault.Code}: {fault.Message}");
}
