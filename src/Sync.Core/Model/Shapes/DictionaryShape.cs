namespace Sync;

/// <summary>An object whose names are data.</summary>
internal sealed class DictionaryShape(Shape element, bool mayHoldNull) : Shape
{
    public Shape Element => element;

    public override FieldKind Kind => FieldKind.Object;

    public override CanonicalJson Normalize(CanonicalJson value) => MemberChanges.Each(value, (_, member) => element.Normalize(member));

    public override CanonicalJson Tidy(CanonicalJson written) => MemberChanges.Each(written, (_, member) => element.Tidy(member));

    public override ShapeFault? Check(CanonicalJson value)
    {
        if (value.Kind != JsonKind.Object) return ShapeFault.Here("an object");

        foreach (var (name, member) in value.Members)
        {
            var fault = member.IsMissingOrNull ? (mayHoldNull ? null : ShapeFault.Here("no null")) : element.Check(member);
            if (fault is { } found) return found.Under(name);
        }

        return null;
    }

    public override string? FindUnknown(CanonicalJson value)
    {
        foreach (var (name, member) in value.Members)
            if (element.FindUnknown(member) is { } path) return ShapeFault.Join(name, path);
        return null;
    }
}
