using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sync;

/// <summary>An enum whose values are known in the form that they are written in. The serializer lets integers through where names are written, and undefined integers always.</summary>
internal sealed class EnumShape(FrozenSet<CanonicalJson> defined) : Shape
{
    public override FieldKind Kind { get; } = defined.All(v => v.Kind == JsonKind.Number) ? FieldKind.Number : FieldKind.String;

    public override ShapeFault? Check(CanonicalJson value) => defined.Contains(value)
        ? null
        : ShapeFault.Here("one of " + string.Join(", ", defined.Order().Select(v => v.ToString())));

    /// <param name="writer">Writes the enum, or the enum made nullable.</param>
    public static Shape Of(Type type, JsonTypeInfo writer)
    {
        var written = new List<CanonicalJson>();
        foreach (var number in Enum.GetValuesAsUnderlyingType(type))
            written.Add(CanonicalJson.Parse(JsonSerializer.SerializeToUtf8Bytes(Enum.ToObject(type, number), writer)));
        var defined = written.ToFrozenSet();
        return type.IsDefined(typeof(FlagsAttribute), inherit: false) ? new FlagsShape(defined) : new EnumShape(defined);
    }
}

/// <summary>An enum of flags: any combination of its values.</summary>
internal sealed class FlagsShape(FrozenSet<CanonicalJson> defined) : Shape
{
    private readonly long _allBits = defined.Aggregate(0L, (bits, value) => bits | (value.AsInt64() ?? 0));

    public override FieldKind Kind { get; } = defined.All(v => v.Kind == JsonKind.Number) ? FieldKind.Number : FieldKind.String;

    public override ShapeFault? Check(CanonicalJson value)
    {
        var fits = Kind == FieldKind.Number
            ? value.AsInt64() is { } bits && (bits & ~_allBits) == 0
            : value.AsString() is { } names && names.Split(", ").All(name => defined.Contains(CanonicalJson.From(name)));
        return fits ? null : ShapeFault.Here("a combination of defined values");
    }
}
