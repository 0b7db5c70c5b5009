namespace Sync.Server;

/// <summary>Asks for the live records of a table whose indexed field has a value, or, of a list, holds it.</summary>
internal readonly record struct Lookup(string Table, FieldPath Field, CanonicalJson Value);
