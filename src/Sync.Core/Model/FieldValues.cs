using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

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
        var written = member?.Property.CustomConverter is JsonConverter<TValue> own
            ? WriteBy(own, value, type.Options)
            : WriteBy(InfoFor(value, member, path, type.Options), value);
        var expected = shape is ListShape list && written.Kind != JsonKind.List ? list.Element : shape;
        var tidy = expected.Tidy(written);
        return expected.Check(tidy) is { } fault ? throw new ArgumentException($"This is no value of the field \"{fault.Under(path.ToString()).Path}\": expected {fault.Expected}.") : tidy;
    }

    /// <summary>The metadata by which a value is written: its field's, its field's elements', or its own.</summary>
    private static JsonTypeInfo InfoFor(object value, ObjectMember? member, FieldPath path, JsonSerializerOptions options)
    {
        if (member is not null && options.TryGetTypeInfo(Nullable.GetUnderlyingType(member.ClrType) ?? member.ClrType, out var field))
        {
            if (field.Type.IsInstanceOfType(value)) return field;
            if (field.ElementType is { } element && element.IsInstanceOfType(value) && options.TryGetTypeInfo(element, out var ofElement)) return ofElement;
        }

        return options.TryGetTypeInfo(value.GetType(), out var own)
            ? own
            : throw new ArgumentException($"A {value.GetType().Name} is no value of the field \"{path}\", whose type is {member?.ClrType.Name ?? "open"}.");
    }

    private static CanonicalJson WriteBy(JsonTypeInfo info, object value) => CanonicalJson.Parse(JsonSerializer.SerializeToUtf8Bytes(value, info));

    private static CanonicalJson WriteBy<TValue>(JsonConverter<TValue> converter, TValue value, JsonSerializerOptions options)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(text)) converter.Write(writer, value, options);
        return CanonicalJson.Parse(text.WrittenSpan);
    }
}
