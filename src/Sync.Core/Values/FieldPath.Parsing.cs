using System.Diagnostics.CodeAnalysis;

namespace Sync;

public readonly partial struct FieldPath
{
    /// <summary>Reads a dotted string or an array of segments. Refuses empty and reserved segments.</summary>
    public static bool TryParse(CanonicalJson json, out FieldPath path, [NotNullWhen(false)] out ApplyError? error) => throw new NotImplementedException();

    /// <exception cref="FormatException">A segment is empty or reserved.</exception>
    public static FieldPath Parse(string dotted) => throw new NotImplementedException();

    /// <summary>A dotted string, or an array where a segment holds a dot.</summary>
    public CanonicalJson ToJson() => throw new NotImplementedException();
}
