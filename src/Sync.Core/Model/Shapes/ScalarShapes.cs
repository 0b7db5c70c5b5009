namespace Sync;

/// <summary>Anything that JSON can hold; the serializer alone knows more.</summary>
internal sealed class AnyShape : Shape
{
    public static AnyShape Instance { get; } = new();

    public override FieldKind Kind => FieldKind.Any;
    public override ShapeFault? Check(CanonicalJson value) => null;
}

internal sealed class TextShape : Shape
{
    public static TextShape Instance { get; } = new();

    public override FieldKind Kind => FieldKind.String;
    public override ShapeFault? Check(CanonicalJson value) => value.Kind == JsonKind.String ? null : ShapeFault.Here("a string");
}

/// <summary>The serializer's web defaults read <c>"5"</c> as a number too; here it is refused, or the same value would have two forms.</summary>
internal sealed class NumberShape : Shape
{
    public static NumberShape Instance { get; } = new();

    public override FieldKind Kind => FieldKind.Number;
    public override ShapeFault? Check(CanonicalJson value) => value.Kind == JsonKind.Number ? null : ShapeFault.Here("a number");
}

internal sealed class BooleanShape : Shape
{
    public static BooleanShape Instance { get; } = new();

    public override FieldKind Kind => FieldKind.Boolean;
    public override ShapeFault? Check(CanonicalJson value) => value.Kind is JsonKind.True or JsonKind.False ? null : ShapeFault.Here("true or false");
}

internal sealed class DateShape : Shape
{
    public static DateShape Instance { get; } = new();

    public override FieldKind Kind => FieldKind.Date;

    public override ShapeFault? Check(CanonicalJson value) =>
        DateOnly.TryParseExact(value.AsString(), "yyyy-MM-dd", out _) ? null : ShapeFault.Here("a date as yyyy-MM-dd");
}

/// <summary>Lower case, so that a lookup by a typed value finds what another client wrote.</summary>
internal sealed class GuidShape : Shape
{
    public static GuidShape Instance { get; } = new();

    public override FieldKind Kind => FieldKind.String;

    public override CanonicalJson Normalize(CanonicalJson value) =>
        Guid.TryParseExact(value.AsString(), "D", out var guid) ? CanonicalJson.From(guid.ToString("D")) : value;

    public override ShapeFault? Check(CanonicalJson value) => Guid.TryParseExact(value.AsString(), "D", out _) ? null : ShapeFault.Here("a UUID");
}
