using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Sync;

/// <summary>Reads shapes from a serializer's metadata: no reflection of its own, so it works trimmed and under native AOT.</summary>
internal sealed class ShapeReader(JsonSerializerOptions options)
{
    private readonly Dictionary<(Type, JsonNumberHandling), Shape> _known = [];

    public Shape Of(Type type, JsonNumberHandling? handling = null)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (!options.TryGetTypeInfo(type, out var info)) return AnyShape.Instance;

        var numbers = handling ?? info.NumberHandling ?? options.NumberHandling;
        if (_known.TryGetValue((type, numbers), out var known)) return known;
        if (!IsBuiltIn(info.Converter) || info.PolymorphismOptions is not null) return AnyShape.Instance;

        return info.Kind switch
        {
            JsonTypeInfoKind.Object => ReadObject(info, numbers),
            JsonTypeInfoKind.Enumerable => _known[(type, numbers)] = new ListShape(Of(info.ElementType!, handling), HoldsNull(info.ElementType!)),
            JsonTypeInfoKind.Dictionary => _known[(type, numbers)] = new DictionaryShape(Of(info.ElementType!, handling), HoldsNull(info.ElementType!)),
            _ => _known[(type, numbers)] = type.IsEnum ? EnumShape.Of(type, info) : ScalarOf(type, numbers),
        };
    }

    private ObjectShape ReadObject(JsonTypeInfo info, JsonNumberHandling numbers)
    {
        var shape = new ObjectShape();
        _known[(info.Type, numbers)] = shape;
        var empty = info.CreateObject?.Invoke();
        var members = info.Properties.Where(p => !p.IsExtensionData && IsField(p)).Select(p => ReadMember(p, empty)).ToImmutableArray();
        var computed = info.Properties.Where(p => !p.IsExtensionData && !IsField(p)).Select(p => p.Name);
        shape.Fill(members, computed, info.Properties.Any(p => p.IsExtensionData));
        return shape;
    }

    private ObjectMember ReadMember(JsonPropertyInfo property, object? empty)
    {
        var isNullable = property.PropertyType.IsValueType
            ? Nullable.GetUnderlyingType(property.PropertyType) is not null
            : property.AssociatedParameter?.IsNullable ?? property.IsSetNullable;
        var writer = WriterOf(property);
        var shape = property.CustomConverter is { } own ? OfOwn(property.PropertyType, own, writer) : Of(property.PropertyType, property.NumberHandling);
        var clrName = (property.AttributeProvider as MemberInfo)?.Name ?? property.Name;
        return new ObjectMember(property.Name, clrName, shape, isNullable, HasDefault(property, empty), property, writer);
    }

    /// <summary>The metadata that writes a value of the property by itself, by its own converter if it has one.</summary>
    private JsonTypeInfo? WriterOf(JsonPropertyInfo property)
    {
        var by = options;
        if (property.CustomConverter is { } own)
        {
            by = new JsonSerializerOptions(options);
            by.Converters.Insert(0, own);
        }

        return by.TryGetTypeInfo(property.PropertyType, out var writer) ? writer : null;
    }

    /// <summary>Of a property with a converter of its own: an enum's forms can be tried out, all else the serializer alone knows.</summary>
    private static Shape OfOwn(Type type, JsonConverter converter, JsonTypeInfo? writer)
    {
        var enumType = Nullable.GetUnderlyingType(type) ?? type;
        return enumType.IsEnum && IsBuiltIn(converter) && writer is not null ? EnumShape.Of(enumType, writer) : AnyShape.Instance;
    }

    /// <summary>Whether a missing member leaves something in the property. An init-only property's own initializer does not count: generated serializers overwrite it.</summary>
    private static bool HasDefault(JsonPropertyInfo property, object? empty)
    {
        if (property.ShouldSerialize is not null) return true;
        if (property.AssociatedParameter is { IsMemberInitializer: false } parameter) return parameter is { HasDefaultValue: true, DefaultValue: not null };
        if (property.IsRequired) return false;
        if (property.PropertyType.IsValueType) return true;
        if (property.AssociatedParameter is not null) return false;
        return empty is null || property.Get!(empty) is not null;
    }

    private static bool IsField(JsonPropertyInfo property) => property.Get is not null && (property.Set is not null || property.AssociatedParameter is not null);

    private static bool HoldsNull(Type element) => Nullable.GetUnderlyingType(element) is not null || element == typeof(object) || element == typeof(JsonElement);

    private static bool IsBuiltIn(JsonConverter converter) => converter.GetType().Assembly == typeof(JsonSerializer).Assembly;

    private static Shape ScalarOf(Type type, JsonNumberHandling numbers)
    {
        if (type == typeof(bool)) return BooleanShape.Instance;
        if (type == typeof(Guid)) return GuidShape.Instance;
        if (type == typeof(DateOnly)) return DateShape.Instance;
        if (type == typeof(DateTimeOffset) || type == typeof(DateTime)) return InstantShape.Instance;
        if (s_text.Contains(type)) return TextShape.Instance;
        if (s_numbers.Contains(type)) return numbers.HasFlag(JsonNumberHandling.WriteAsString) ? TextShape.Instance : NumberShape.Instance;
        return AnyShape.Instance;
    }

    private static readonly HashSet<Type> s_text = [typeof(string), typeof(char), typeof(Uri), typeof(Version), typeof(TimeSpan), typeof(TimeOnly), typeof(byte[]), typeof(Memory<byte>), typeof(ReadOnlyMemory<byte>)];

    private static readonly HashSet<Type> s_numbers =
    [
        typeof(byte), typeof(sbyte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong),
        typeof(Int128), typeof(UInt128), typeof(Half), typeof(float), typeof(double), typeof(decimal),
    ];
}
