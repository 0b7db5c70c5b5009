using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Sync;

/// <summary>Single typed values in the form in which their field is kept.</summary>
internal static class FieldValues
{
    public static CanonicalJson Write<TValue>(RecordType type, FieldPath path, TValue value)
    {
        if (value is null) return CanonicalJson.Null;
        if (path.IsId) return CanonicalJson.From(value as string ?? value.ToString());

        var member = type.MemberAt(path, out var shape);
        if (shape is null) throw new ArgumentException($"There is no field \"{path}\".");
        var written = member?.Property.CustomConverter is JsonConverter<TValue> own ? WriteBy(own, value, type.Options) : WriteByType(value, path, type.Options);
        var expected = shape is ListShape list && written.Kind != JsonKind.List ? list.Element : shape;
        return expected.Tidy(written);
    }

    private static CanonicalJson WriteBy<TValue>(JsonConverter<TValue> converter, TValue value, JsonSerializerOptions options)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(text)) converter.Write(writer, value, options);
        return CanonicalJson.Parse(text.WrittenSpan);
    }

    private static CanonicalJson WriteByType(object value, FieldPath path, JsonSerializerOptions options) => value switch
    {
        CanonicalJson json => json,
        string text => CanonicalJson.From(text),
        bool truth => CanonicalJson.From(truth),
        int number => CanonicalJson.From(number),
        long number => CanonicalJson.From(number),
        DateTimeOffset instant => CanonicalJson.From(instant),
        _ when options.TryGetTypeInfo(value.GetType(), out var info) => CanonicalJson.Parse(JsonSerializer.SerializeToUtf8Bytes(value, info)),
        _ => throw new ArgumentException($"{value.GetType().Name} is no type of the field \"{path}\": the serializer context does not know it."),
    };
}
