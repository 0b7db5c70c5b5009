using System.Buffers.Binary;

namespace Sync.Client;

/// <summary>Version 7 GUIDs (RFC 9562) of a given clock and chance: 48 bits of milliseconds, 12 bits of their fraction, 62 bits of chance. In order of time.</summary>
internal sealed class IdSource(TimeProvider time, Chance chance)
{
    public string Next()
    {
        var sinceEpoch = time.GetUtcNow() - DateTimeOffset.UnixEpoch;
        var (milliseconds, ticks) = Math.DivRem(sinceEpoch.Ticks, TimeSpan.TicksPerMillisecond);
        var fraction = ticks * 4096 / TimeSpan.TicksPerMillisecond;

        Span<byte> bytes = stackalloc byte[16];
        chance.Fill(bytes[8..]);
        BinaryPrimitives.WriteUInt64BigEndian(bytes, ((ulong)milliseconds << 16) | 0x7000 | (ulong)fraction);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString("D");
    }
}
