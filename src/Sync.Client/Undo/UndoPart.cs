namespace Sync.Client;

/// <summary>What one operation of this device changed, with what it takes to take that back. A closed union.</summary>
/// <param name="Index">The operation's place in its transaction.</param>
internal abstract record UndoPart(RecordKey Key, int Index)
{
    /// <summary>Whether it holds content that this device did not write, which has to leave it with the record.</summary>
    public virtual bool HoldsOthersContent => false;

    /// <summary>What the operation is told to have changed: a field, or <c>id</c> for the whole record.</summary>
    public virtual FieldPath Path => FieldPath.Id;

    /// <summary>A field that was written, or taken away.</summary>
    /// <param name="Mine">What this device left there; missing where it took the field away.</param>
    /// <param name="Before">What stood there; missing where nothing did.</param>
    /// <param name="Made">What the operation made on its way, where that is more than the field.</param>
    /// <param name="IsNow">Whether what it wrote was the server's time.</param>
    public sealed record Field(RecordKey Key, int Index, FieldPath Path, CanonicalJson Mine, CanonicalJson Before, MadeParent? Made, bool IsNow) : UndoPart(Key, Index)
    {
        public override FieldPath Path { get; } = Path;

        /// <summary>What the server's time was taken to be until it was known; an undo may have written that back. Missing where it was never anything else.</summary>
        public CanonicalJson Guess { get; init; }

        public override bool HoldsOthersContent => !Before.IsMissing || Made is { Before.IsMissing: false };
    }

    /// <summary>An element that was put into a list, moved in it, or taken out.</summary>
    /// <param name="Before">The whole list before; missing or null where there was none.</param>
    /// <param name="After">The whole list after.</param>
    /// <param name="Made">What the operation made, where there was no list.</param>
    public sealed record Element(RecordKey Key, int Index, FieldPath Path, CanonicalJson Value, CanonicalJson Before, CanonicalJson After, MadeParent? Made) : UndoPart(Key, Index)
    {
        public override FieldPath Path { get; } = Path;
        public override bool HoldsOthersContent => !Before.IsMissingOrNull;
        public bool WasThere => IsIn(Before, Value);
        public bool IsThere => IsIn(After, Value);
    }

    public static bool IsIn(CanonicalJson list, CanonicalJson value) => list.Kind == JsonKind.List && JsonList.Contains(list, value);

    /// <summary>A record that was created or brought back.</summary>
    /// <param name="Mine">All its fields as this device has left them since; missing where that is not known.</param>
    public sealed record Appeared(RecordKey Key, int Index, CanonicalJson Mine) : UndoPart(Key, Index)
    {
        /// <summary>Of a record that was brought back, the fields are whoever's they were.</summary>
        public override bool HoldsOthersContent => IsBroughtBack && !Mine.IsMissing;

        public bool IsBroughtBack { get; init; }
    }

    /// <summary>A record that was deleted. Its content stays with the server.</summary>
    public sealed record Deleted(RecordKey Key, int Index) : UndoPart(Key, Index)
    {
        /// <summary>Of a record that this device had made and nobody else had touched, its fields; else missing.</summary>
        public CanonicalJson Mine { get; init; }
    }

    /// <summary>A creation that was withdrawn before the server heard of it.</summary>
    public sealed record Uncreated(RecordKey Key, int Index, CanonicalJson Fields) : UndoPart(Key, Index);

    /// <summary>Something whose content had to leave this device.</summary>
    public sealed record Lost(RecordKey Key, int Index, FieldPath Path) : UndoPart(Key, Index)
    {
        public override FieldPath Path { get; } = Path;
    }
}

/// <summary>The shortest part of a record that an operation can have made: a parent of its field, or the list itself.</summary>
/// <param name="Before">Missing, or null.</param>
internal sealed record MadeParent(FieldPath Path, CanonicalJson Mine, CanonicalJson Before);

internal static class FieldPaths
{
    /// <summary>Whether one of them leads to the other or through it. The whole record overlaps with each field.</summary>
    public static bool Overlaps(this FieldPath left, FieldPath right)
    {
        if (left.IsId || right.IsId) return true;
        var shorter = Math.Min(left.Segments.Length, right.Segments.Length);
        return left.Segments.AsSpan()[..shorter].SequenceEqual(right.Segments.AsSpan()[..shorter]);
    }
}
