using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sync;

/// <summary>Single typed values in the form in which their field is kept.</summary>
internal static class FieldValues
{
    public static CanonicalJson Write(RecordType type, FieldPath path, object? value)
    {
        if (value is null) return CanonicalJson.Null;
        if (path.IsId) return CanonicalJson.From(value as string ?? value.ToString());

        var member = type.MemberAt(path, out var shape);
        if (shape is null) throw new ArgumentException($"There is no field \"{path}\".");
        var written = CanonicalJson.Parse(JsonSerializer.SerializeToUtf8Bytes(value, WriterFor(value, member, path, type.Options)));
        var expected = shape is ListShape list && written.Kind != JsonKind.List ? list.Element : shape;
        var tidy = expected.Tidy(written);
        return expected.Check(tidy) is { } fault ? throw new ArgumentException($"This is no value of the field \"{fault.Under(path.ToString()).Path}\": expected {fault.Expected}.") : tidy;
    }

    /// <summary>The metadata by which a value is written: its field's, its field's elements', or its own.</summary>
    private static JsonTypeInfo WriterFor(object value, ObjectMember? member, FieldPath path, JsonSerializerOptions options)
    {
        if (member?.Writer is { } writer)
        {
            if (writer.Type.IsInstanceOfType(value)) return writer;
            if (writer.ElementType is { } element && element.IsInstanceOfType(value) && options.TryGetTypeInfo(element, out var ofElement)) return ofElement;
        }

        return options.TryGetTypeInfo(value.GetType(), out var own)
            ? own
            : throw new ArgumentException($"A {value.GetType().Name} is no value of the field \"{path}\", whose type is {member?.ClrType.Name ?? "open"}.");
    }
}
