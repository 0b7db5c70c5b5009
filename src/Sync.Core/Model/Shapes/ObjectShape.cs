using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Reflection;

namespace Sync;

/// <summary>An object of a CLR type's properties. Made first and filled after, since a type may hold itself.</summary>
internal sealed class ObjectShape : Shape
{
    private FrozenDictionary<string, ObjectMember> _byName = FrozenDictionary<string, ObjectMember>.Empty;

    public override FieldKind Kind => FieldKind.Object;

    /// <summary>The properties that can be read back, in the order of the type.</summary>
    public ImmutableArray<ObjectMember> Members { get; private set; } = [];

    /// <summary>True where the type keeps members that it does not have.</summary>
    public bool HasExtensionData { get; private set; }

    /// <summary>Written by the type, but never read back: computed properties.</summary>
    private FrozenSet<string> Computed { get; set; } = FrozenSet<string>.Empty;

    public void Fill(ImmutableArray<ObjectMember> members, IEnumerable<string> computed, bool hasExtensionData)
    {
        Members = members;
        Computed = computed.ToFrozenSet(StringComparer.Ordinal);
        HasExtensionData = hasExtensionData;
        _byName = members.ToFrozenDictionary(m => m.Name, StringComparer.Ordinal);
    }

    /// <summary>The type without some of its properties: their names are not even extension data.</summary>
    public ObjectShape Without(IReadOnlyCollection<string> names)
    {
        var shape = new ObjectShape();
        shape.Fill([.. Members.Where(m => !names.Contains(m.Name))], Computed.Concat(names), HasExtensionData);
        return shape;
    }

    public ObjectMember? Find(string name) => _byName.GetValueOrDefault(name);

    public ObjectMember? Find(MemberInfo member) =>
        Members.FirstOrDefault(m => m.ClrName == member.Name && m.ClrMember?.DeclaringType == member.DeclaringType) ?? Members.FirstOrDefault(m => m.ClrName == member.Name);

    /// <summary>Whether a member of this name may be there.</summary>
    public bool Knows(string name) => _byName.ContainsKey(name) || (HasExtensionData && !Computed.Contains(name));

    public override CanonicalJson Normalize(CanonicalJson value) =>
        MemberChanges.Each(value, (name, member) => Find(name)?.Shape.Normalize(member) ?? member);

    public override CanonicalJson Tidy(CanonicalJson written) => MemberChanges.Each(written, TidyMember);

    public override ShapeFault? Check(CanonicalJson value)
    {
        if (value.Kind != JsonKind.Object) return ShapeFault.Here("an object");

        foreach (var member in Members)
            if (member.Check(value[member.Name]) is { } fault) return fault.Under(member.Name);
        return null;
    }

    /// <summary>As <see cref="Check"/>, for a record's fields: its id and version stand elsewhere.</summary>
    public ShapeFault? CheckFields(CanonicalJson fields)
    {
        foreach (var member in Members)
            if (!RecordType.IsReserved(member.Name) && member.Check(fields[member.Name]) is { } fault) return fault.Under(member.Name);
        return null;
    }

    /// <summary>What only the typed value tells: a null that the type's own construction left behind.</summary>
    public ShapeFault? CheckRead(object typed)
    {
        foreach (var member in Members)
            if (!member.IsNullable && !RecordType.IsReserved(member.Name) && member.Property.Get!(typed) is null) return new(member.Name, "a value, and it is missing");
        return null;
    }

    public override string? FindUnknown(CanonicalJson value)
    {
        foreach (var (name, member) in value.Members)
        {
            if (!Knows(name)) return name;
            if (Find(name)?.Shape.FindUnknown(member) is { } path) return ShapeFault.Join(name, path);
        }

        return null;
    }

    private CanonicalJson TidyMember(string name, CanonicalJson written)
    {
        if (Find(name) is not { } member) return HasExtensionData && !Computed.Contains(name) ? written : default;
        return written.IsMissingOrNull && !member.IsRequired ? default : member.Shape.Tidy(written);
    }
}
