using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sync;

public readonly partial struct CanonicalJson
{
    /// <summary>Takes in any JSON text by the one rule for all stores, or says why not.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out CanonicalJson value, [NotNullWhen(false)] out JsonFault? fault) =>
        TryParse(utf8, JsonLimits.MaxDepth, out value, out fault);

    /// <summary>The same with another bound on nesting: for frames, whose envelope nests by itself.</summary>
    internal static bool TryParse(ReadOnlySpan<byte> utf8, int maxDepth, out CanonicalJson value, [NotNullWhen(false)] out JsonFault? fault)
    {
        value = new CanonicalJson(Canonicalizer.Run(utf8, maxDepth, out fault));
        return fault is null;
    }

    /// <exception cref="JsonFaultException">The text is not taken in.</exception>
    public static CanonicalJson Parse(ReadOnlySpan<byte> utf8) => TryParse(utf8, out var value, out var fault) ? value : throw new JsonFaultException(fault);

    /// <inheritdoc cref="Parse(ReadOnlySpan{byte})"/>
    public static CanonicalJson Parse(string json) => Parse(Encoding.UTF8.GetBytes(json));

    /// <exception cref="JsonFaultException">The text holds a lone surrogate or U+0000.</exception>
    public static CanonicalJson From(string? value) => value is null ? Null : new CanonicalJson(JsonText.Quote(value)
        ?? throw new JsonFaultException(new JsonFault(ErrorCodes.BadUnicode, "Text may hold neither a lone surrogate nor U+0000.")));

    public static CanonicalJson From(long value)
    {
        Span<byte> text = stackalloc byte[20];
        Utf8Formatter.TryFormat(value, text, out var length);
        return Number(text[..length]);
    }

    public static CanonicalJson From(decimal value)
    {
        Span<byte> text = stackalloc byte[40];
        value.TryFormat(text, out var length, default, CultureInfo.InvariantCulture);
        return Number(text[..length]);
    }

    /// <exception cref="JsonFaultException">The number is not finite.</exception>
    public static CanonicalJson From(double value)
    {
        if (!double.IsFinite(value)) throw new JsonFaultException(new JsonFault(ErrorCodes.NumberRange, "A number must be finite."));
        Span<byte> text = stackalloc byte[32];
        value.TryFormat(text, out var length, "R", CultureInfo.InvariantCulture);
        return Number(text[..length]);
    }

    public static CanonicalJson From(bool value) => value ? True : False;

    /// <summary>An instant in its one form, <c>yyyy-MM-ddTHH:mm:ss.ffffffZ</c>.</summary>
    public static CanonicalJson From(DateTimeOffset value)
    {
        var text = new byte[29];
        text[0] = text[28] = (byte)'"';
        value.UtcDateTime.TryFormat(text.AsSpan(1), out _, "yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
        return new CanonicalJson(text);
    }

    public static CanonicalJson List(params IEnumerable<CanonicalJson> elements)
    {
        var buffer = new ByteBuffer(256);
        buffer.Add((byte)'[');
        foreach (var element in elements)
        {
            if (buffer.Length > 1) buffer.Add((byte)',');
            buffer.Add(element.IsMissing ? Null.Utf8.Span : element.Utf8.Span);
        }
        buffer.Add((byte)']');
        return Take(ref buffer);
    }

    /// <summary>An object of these members; missing values are left out. Of members with one name the last counts.</summary>
    public static CanonicalJson Object(params IEnumerable<KeyValuePair<string, CanonicalJson>> members)
    {
        var sorted = new SortedDictionary<CanonicalJson, CanonicalJson>();
        foreach (var (name, value) in members)
        {
            if (!value.IsMissing) sorted[From(name)] = value;
        }
        var buffer = new ByteBuffer(256);
        buffer.Add((byte)'{');
        foreach (var (name, value) in sorted)
        {
            if (buffer.Length > 1) buffer.Add((byte)',');
            buffer.Add(name.Utf8.Span);
            buffer.Add((byte)':');
            buffer.Add(value.Utf8.Span);
        }
        buffer.Add((byte)'}');
        return Take(ref buffer);
    }

    /// <summary>Serializes a typed value.</summary>
    /// <exception cref="JsonFaultException">What it serializes to is not taken in.</exception>
    public static CanonicalJson From<T>(T value, JsonTypeInfo<T> type) => Parse(JsonSerializer.SerializeToUtf8Bytes(value, type));

    private static CanonicalJson Number(ReadOnlySpan<byte> text)
    {
        var buffer = new ByteBuffer(text.Length + 8);
        JsonNumber.TryWriteCanonical(ref buffer, text);
        return Take(ref buffer);
    }

    private static CanonicalJson Take(ref ByteBuffer buffer)
    {
        var value = new CanonicalJson(buffer.Written.ToArray());
        buffer.Dispose();
        return value;
    }
}
