using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace Sync;

/// <summary>One property of a CLR type as JSON sees it.</summary>
/// <param name="HasDefault">The type has a value of its own where the member is missing.</param>
/// <param name="IsRequired">The serializer reads no object without it, so a null is written out.</param>
internal sealed record ObjectMember(string Name, string ClrName, Shape Shape, bool IsNullable, bool HasDefault, bool IsRequired, JsonPropertyInfo Property)
{
    public Type ClrType => Property.PropertyType;

    public MemberInfo? ClrMember => Property.AttributeProvider as MemberInfo;

    /// <summary>Written by a converter of its own, whose forms cannot be known beforehand.</summary>
    public bool HasOwnConverter => Property.CustomConverter is not null;

    public ShapeFault? Check(CanonicalJson value)
    {
        if (!value.IsMissingOrNull) return Shape.Check(value);
        if (IsNullable || (value.IsMissing && HasDefault)) return null;
        return ShapeFault.Here(value.IsMissing ? "a value, and it is missing" : "a value, and it is null");
    }
}
