using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization.Metadata;

namespace Sync;

public readonly partial struct CanonicalJson
{
    /// <summary>Takes in any JSON text by the one rule for all stores, or says why not.</summary>
    public static bool TryParse(ReadOnlySpan<byte> utf8, out CanonicalJson value, [NotNullWhen(false)] out JsonFault? fault) => throw new NotImplementedException();

    /// <exception cref="JsonFaultException">The text is not taken in.</exception>
    public static CanonicalJson Parse(ReadOnlySpan<byte> utf8) => throw new NotImplementedException();

    /// <inheritdoc cref="Parse(ReadOnlySpan{byte})"/>
    public static CanonicalJson Parse(string json) => throw new NotImplementedException();

    /// <exception cref="JsonFaultException">The text holds a lone surrogate or U+0000.</exception>
    public static CanonicalJson From(string? value) => throw new NotImplementedException();
    public static CanonicalJson From(long value) => throw new NotImplementedException();
    public static CanonicalJson From(decimal value) => throw new NotImplementedException();

    /// <exception cref="JsonFaultException">The number is not finite.</exception>
    public static CanonicalJson From(double value) => throw new NotImplementedException();
    public static CanonicalJson From(bool value) => value ? True : False;

    /// <summary>An instant in its one form, <c>yyyy-MM-ddTHH:mm:ss.ffffffZ</c>.</summary>
    public static CanonicalJson From(DateTimeOffset value) => throw new NotImplementedException();

    public static CanonicalJson List(params IEnumerable<CanonicalJson> elements) => throw new NotImplementedException();

    /// <summary>An object of these members; missing values are left out.</summary>
    public static CanonicalJson Object(params IEnumerable<KeyValuePair<string, CanonicalJson>> members) => throw new NotImplementedException();

    /// <summary>Serializes a typed value.</summary>
    /// <exception cref="JsonFaultException">What it serializes to is not taken in.</exception>
    public static CanonicalJson From<T>(T value, JsonTypeInfo<T> type) => throw new NotImplementedException();
}
