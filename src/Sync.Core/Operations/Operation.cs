namespace Sync;

/// <summary>One intent on one record. A closed union: each case holds only its own data. Applied by <see cref="Operations.Apply"/>.</summary>
public abstract record Operation
{
    private Operation(RecordKey key) => Key = key;

    public RecordKey Key { get; }

    /// <summary>The condition under which it takes effect, judged when it is applied; null for none.</summary>
    public virtual Condition? Condition => null;

    /// <summary>Makes a record of a value, an object without <c>id</c> and <c>version</c>.</summary>
    public sealed record Create(RecordKey Key, CanonicalJson Value) : Operation(Key);

    /// <summary>Writes a value at a path and makes missing or null parents.</summary>
    public sealed record Set(RecordKey Key, FieldPath Path, CanonicalJson Value, Condition? If = null) : Operation(Key)
    {
        public override Condition? Condition => If;
    }

    /// <summary>Takes a field away.</summary>
    public sealed record Unset(RecordKey Key, FieldPath Path, Condition? If = null) : Operation(Key)
    {
        public override Condition? Condition => If;
    }

    /// <summary>Writes the server's clock at a path, ISO-8601 in UTC.</summary>
    public sealed record SetNow(RecordKey Key, FieldPath Path) : Operation(Key);

    /// <summary>Puts a value into a list, which is an ordered set by value: an equal element is taken out first, so it is also a move.</summary>
    public sealed record ListInsert(RecordKey Key, FieldPath Path, CanonicalJson Value, ListPosition Position) : Operation(Key);

    /// <summary>Takes every equal element out of a list.</summary>
    public sealed record ListRemove(RecordKey Key, FieldPath Path, CanonicalJson Value) : Operation(Key);

    /// <summary>Deletes the record and leaves a tombstone, from which the version goes on.</summary>
    public sealed record Delete(RecordKey Key, Condition? If = null) : Operation(Key)
    {
        public override Condition? Condition => If;
    }

    /// <summary>Brings a deleted record back with the fields that it had.</summary>
    public sealed record Restore(RecordKey Key) : Operation(Key);
}
