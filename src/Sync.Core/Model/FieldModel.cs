namespace Sync;

/// <summary>One field of a record type.</summary>
/// <param name="HasDefault">The type has a value of its own where the field is missing.</param>
public sealed record FieldModel(string Name, FieldKind Kind, bool IsNullable, bool HasDefault, Type ClrType);

/// <summary>The JSON kind in which a field is written.</summary>
public enum FieldKind { String, Number, Boolean, Instant, Date, List, Object, Any }
