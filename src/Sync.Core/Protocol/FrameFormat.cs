using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.IO.Compression;

namespace Sync;

/// <summary>How the JSON of a frame is wrapped. A wrapped frame is one byte that names the format, four bytes with the length of the JSON, and the body.</summary>
internal enum FrameFormat : byte
{
    Json = 0,
    Gzip = 1,
    Brotli = 2,
}

/// <summary>Wraps and unwraps large frames of a server. What a client sends is never inflated.</summary>
internal static class FrameFormats
{
    /// <summary>Most bytes of JSON that a wrapped frame may hold.</summary>
    public const int MaxInflatedBytes = 16 * 1024 * 1024;

    private const int HeadBytes = 1 + sizeof(int);
    private const int BrotliQuality = 1;
    private const int BrotliWindow = 20;

    /// <summary>What this end can unwrap, best first, by the names that hello gives them. A browser brings gzip and no Brotli.</summary>
    public static ImmutableArray<string> Known { get; } = OperatingSystem.IsBrowser() ? ["gzip"] : ["br", "gzip"];

    /// <summary>The best of the named that this end can wrap in; names that are not known are passed over.</summary>
    public static FrameFormat BestOf(ImmutableArray<string> names)
    {
        if (names.Contains("br") && !OperatingSystem.IsBrowser()) return FrameFormat.Brotli;
        return names.Contains("gzip") ? FrameFormat.Gzip : FrameFormat.Json;
    }

    public static bool IsWrapped(ReadOnlySpan<byte> frame) => frame is [(byte)FrameFormat.Gzip or (byte)FrameFormat.Brotli, ..];

    /// <summary>The wrapped frame, or the JSON itself where wrapping would not make it smaller or it is too large to be unwrapped.</summary>
    public static ReadOnlyMemory<byte> Wrap(ReadOnlyMemory<byte> json, FrameFormat format)
    {
        if (format == FrameFormat.Json || json.Length is <= HeadBytes or > MaxInflatedBytes) return json;
        var frame = new byte[json.Length];
        frame[0] = (byte)format;
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), json.Length);
        var written = format == FrameFormat.Brotli ? Brotli(json.Span, frame.AsSpan(HeadBytes)) : Gzip(json.Span, frame);
        return written == 0 ? json : frame.AsMemory(0, HeadBytes + written);
    }

    /// <summary>False where the body is not what its head says: nothing beyond the length that it tells, or the bound, is ever inflated.</summary>
    public static bool TryUnwrap(ReadOnlySpan<byte> frame, [NotNullWhen(true)] out byte[]? json)
    {
        json = null;
        if (frame.Length <= HeadBytes || BinaryPrimitives.ReadInt32BigEndian(frame[1..]) is not (> 0 and <= MaxInflatedBytes and var length)) return false;
        var whole = new byte[length];
        var isWhole = frame[0] switch
        {
            (byte)FrameFormat.Gzip => IsGzipOf(frame[HeadBytes..], whole),
            (byte)FrameFormat.Brotli => IsBrotliOf(frame[HeadBytes..], whole),
            _ => false,
        };
        if (isWhole) json = whole;
        return isWhole;
    }

    // 0 where it does not fit: then it is no smaller.
    private static int Brotli(ReadOnlySpan<byte> json, Span<byte> body)
    {
        if (OperatingSystem.IsBrowser()) return 0;
        return BrotliEncoder.TryCompress(json, body, out var written, BrotliQuality, BrotliWindow) ? written : 0;
    }

    private static int Gzip(ReadOnlySpan<byte> json, byte[] frame)
    {
        var body = new MemoryStream(frame, HeadBytes, frame.Length - HeadBytes);
        try
        {
            using (var gzip = new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true)) gzip.Write(json);
            return (int)body.Position;
        }
        catch (NotSupportedException)
        {
            // The stream over the frame does not grow.
            return 0;
        }
    }

    private static bool IsBrotliOf(ReadOnlySpan<byte> body, Span<byte> json) =>
        !OperatingSystem.IsBrowser() && BrotliDecoder.TryDecompress(body, json, out var written) && written == json.Length;

    private static bool IsGzipOf(ReadOnlySpan<byte> body, Span<byte> json)
    {
        using var gzip = new GZipStream(new MemoryStream(body.ToArray()), CompressionMode.Decompress);
        try
        {
            return gzip.ReadAtLeast(json, json.Length, throwOnEndOfStream: false) == json.Length && gzip.ReadByte() < 0;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }
}
