namespace Sync;

/// <summary>One field of a record type.</summary>
/// <param name="HasDefault">The type has a value of its own where the field is missing.</param>
public sealed record FieldModel(string Name, FieldKind Kind, bool IsNullable, bool HasDefault, Type ClrType)
{
    /// <summary>Feeds rules and never leaves the server: to users it is no field at all.</summary>
    public bool IsServerOnly { get; init; }
}

/// <summary>The JSON kind in which a field is written.</summary>
public enum FieldKind { String, Number, Boolean, Instant, Date, List, Object, Any }
