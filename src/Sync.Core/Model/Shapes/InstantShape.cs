using System.Text.Json;

namespace Sync;

/// <summary>An instant, kept as UTC with six digits of a second. One written without an offset counts as UTC: no machine's time zone may decide.</summary>
internal sealed class InstantShape : Shape
{
    public static InstantShape Instance { get; } = new();

    public override FieldKind Kind => FieldKind.Instant;

    public override CanonicalJson Normalize(CanonicalJson value) => TryRead(value, out var instant) ? CanonicalJson.From(instant) : value;

    public override ShapeFault? Check(CanonicalJson value) => TryRead(value, out _) ? null : ShapeFault.Here("an instant in ISO 8601");

    private static bool TryRead(CanonicalJson value, out DateTimeOffset instant)
    {
        instant = default;
        if (value.Kind != JsonKind.String) return false;

        var reader = new Utf8JsonReader(value.Utf8.Span);
        reader.Read();
        if (!reader.TryGetDateTime(out var local)) return false;
        if (local.Kind == DateTimeKind.Unspecified) instant = new DateTimeOffset(local, TimeSpan.Zero);
        else if (!reader.TryGetDateTimeOffset(out instant)) return false;
        return true;
    }
}
