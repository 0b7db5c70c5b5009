namespace Sync;

/// <summary>
/// The JSON that a CLR type is written as: what must hold for a value, and its normal form. Whether null may stand there is known by who holds the value:
/// the member, the list, the dictionary.
/// </summary>
internal abstract class Shape
{
    public abstract FieldKind Kind { get; }

    /// <summary>The one form of values that say the same. What does not fit is left alone, <see cref="Check"/> finds it.</summary>
    public virtual CanonicalJson Normalize(CanonicalJson value) => value;

    /// <summary>The normal form of what the serializer wrote: without nulls that may as well be missing, and without properties that cannot be read back.</summary>
    public virtual CanonicalJson Tidy(CanonicalJson written) => Normalize(written);

    /// <summary>The first fault of a value that is neither missing nor null.</summary>
    public abstract ShapeFault? Check(CanonicalJson value);

    /// <summary>The first member that the type does not have, as a path under this value; null where there is none.</summary>
    public virtual string? FindUnknown(CanonicalJson value) => null;
}

/// <summary>Where a value does not fit and what was expected there. Never the value itself.</summary>
internal readonly record struct ShapeFault(string Path, string Expected)
{
    public static ShapeFault Here(string expected) => new("", expected);

    public ShapeFault Under(string parent) => this with { Path = Join(parent, Path) };

    public static string Join(string parent, string path) => path.Length == 0 ? parent : path[0] == '[' ? parent + path : $"{parent}.{path}";
}
