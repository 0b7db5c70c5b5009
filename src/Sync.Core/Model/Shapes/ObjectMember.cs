using System.Reflection;
using System.Text.Json.Serialization.Metadata;

namespace Sync;

/// <summary>One property of a CLR type as JSON sees it.</summary>
/// <param name="HasDefault">The type has a value of its own where the member is missing.</param>
/// <param name="Writer">Writes a value of the property by itself; null where the serializer context does not know its type.</param>
internal sealed record ObjectMember(string Name, string ClrName, Shape Shape, bool IsNullable, bool HasDefault, JsonPropertyInfo Property, JsonTypeInfo? Writer)
{
    public Type ClrType => Property.PropertyType;

    /// <summary>The serializer reads no object without it, so a null is written out.</summary>
    public bool IsRequired => Property.IsRequired;

    public MemberInfo? ClrMember => Property.AttributeProvider as MemberInfo;

    public ShapeFault? Check(CanonicalJson value)
    {
        if (!value.IsMissingOrNull) return Shape.Check(value);
        if (IsNullable || (value.IsMissing && HasDefault)) return null;
        return ShapeFault.Here(value.IsMissing ? "a value, and it is missing" : "a value, and it is null");
    }
}
