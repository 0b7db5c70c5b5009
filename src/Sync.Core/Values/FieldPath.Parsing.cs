using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Sync;

public readonly partial struct FieldPath
{
    /// <summary>Most segments that a path from outside may have.</summary>
    public const int MaxSegments = 32;

    /// <summary>Reads a dotted string or an array of segments. Refuses empty and reserved segments, and more than <see cref="MaxSegments"/>.</summary>
    public static bool TryParse(CanonicalJson json, out FieldPath path, [NotNullWhen(false)] out ApplyError? error)
    {
        path = default;
        switch (json.Kind)
        {
            case JsonKind.String:
                return TryMake(json.AsString()!.Split('.', MaxSegments + 1), out path, out error);
            case JsonKind.List:
                var segments = new List<string>();
                foreach (var element in json.Elements)
                {
                    if (segments.Count > MaxSegments) break;
                    if (element.AsString() is not { } segment)
                    {
                        error = new ApplyError(ErrorCodes.BadPath, $"A path's segments must be strings, but {KindNames.Of(element.Kind)} came.");
                        return false;
                    }
                    segments.Add(segment);
                }
                return TryMake([.. segments], out path, out error);
            default:
                error = new ApplyError(ErrorCodes.BadPath, $"A path must be a dotted string or a list of segments, but {KindNames.Of(json.Kind)} came.");
                return false;
        }
    }

    /// <exception cref="FormatException">A segment is empty or reserved.</exception>
    public static FieldPath Parse(string dotted) =>
        TryMake(dotted.Split('.', MaxSegments + 1), out var path, out var error) ? path : throw new FormatException(error.Message);

    /// <summary>A dotted string, or an array where a segment holds a dot.</summary>
    public CanonicalJson ToJson()
    {
        foreach (var segment in Segments)
        {
            if (segment.Contains('.')) return CanonicalJson.List(Segments.Select(CanonicalJson.From));
        }
        return CanonicalJson.From(ToString());
    }

    /// <summary>Why a name may not be a segment, or null when it may.</summary>
    internal static ApplyError? CheckSegment(string segment) => segment switch
    {
        "" => new ApplyError(ErrorCodes.BadPath, "A path may have no empty segment."),
        "__proto__" or "prototype" or "constructor" => new ApplyError(ErrorCodes.ReservedName, $"The name '{segment}' is reserved; give the field another one."),
        _ => null,
    };

    private static bool TryMake(string[] segments, out FieldPath path, [NotNullWhen(false)] out ApplyError? error)
    {
        path = default;
        error = segments.Length switch
        {
            0 => new ApplyError(ErrorCodes.BadPath, "A path must have at least one segment, but an empty list came."),
            > MaxSegments => new ApplyError(ErrorCodes.BadPath, $"A path may have at most {MaxSegments} segments."),
            _ => null,
        };
        foreach (var segment in segments) error ??= CheckSegment(segment);
        if (error is not null) return false;

        path = new FieldPath(ImmutableArray.Create(segments));
        return true;
    }
}
