using System.Collections.Immutable;
using System.Linq.Expressions;
using System.Text.Json.Serialization.Metadata;

namespace Sync;

/// <summary>One registered table, untyped: its fields, indexes and checks.</summary>
public abstract class TableModel
{
    private protected TableModel(string name, Type recordType) => (Name, RecordType) = (name, recordType);

    public string Name { get; }
    public Type RecordType { get; }

    /// <summary>The type's fields by JSON name, without <c>id</c> and <c>version</c>.</summary>
    public abstract ImmutableArray<FieldModel> Fields { get; }

    /// <summary>Fields that a query may be served by.</summary>
    public abstract ImmutableArray<FieldPath> Indexes { get; }

    /// <summary>The field that a delete sets instead of deleting; null where deletes are real.</summary>
    public abstract FieldPath? SoftDeleteField { get; }

    /// <summary>Most records of a table small enough to be queried whole; null where queries need an index.</summary>
    public abstract int? SmallMaxRecords { get; }

    /// <summary>True for a table that feeds rules and never leaves the server.</summary>
    public abstract bool IsServerOnly { get; }

    /// <summary>True where the type has extension data, so that fields it does not have are kept.</summary>
    public abstract bool AllowsUnknownFields { get; }

    public FieldModel? FindField(string jsonName) => Fields.FirstOrDefault(f => f.Name == jsonName);

    /// <summary>The form in which values of this table's fields are kept: instants as UTC with six digits. Applied to what an operation brings, before it is decided.</summary>
    public abstract CanonicalJson Normalize(FieldPath path, CanonicalJson value);

    /// <summary>Checks a record against its type and the app's own checks; null when it is right, else <c>invalid_record</c> or the app's code.</summary>
    public abstract ApplyError? Validate(Record record);

    /// <summary>Refuses what no query may ask of this table (unknown field, no index); null when it is right.</summary>
    public abstract ApplyError? Check(Query query);

    /// <summary>Refuses an operation that writes a field which the type does not have (<c>unknown_field</c>); null when it is right. Fields that a record already holds are not looked at.</summary>
    public abstract ApplyError? Check(Operation operation);

    /// <summary>The operation with all its values (conditions and anchors included) in normal form.</summary>
    public abstract Operation Normalize(Operation operation);

    /// <summary>
    /// What an operation is carried out as: on a table with soft deletes a delete becomes the set-now of its field and a restore its removal; all else stays as it is.
    /// </summary>
    /// <param name="current">The record just before the operation.</param>
    public abstract Operation Translate(Operation operation, Record? current);

    /// <summary>True for a tombstone and for a record that is soft-deleted: reads and queries leave it out unless asked.</summary>
    public abstract bool IsDeleted(Record record);
}

/// <summary>One field of a record type.</summary>
public sealed record FieldModel(string Name, FieldKind Kind, bool IsNullable, bool HasDefault, Type ClrType);

/// <summary>The JSON kind in which a field is written.</summary>
public enum FieldKind { String, Number, Boolean, Instant, Date, List, Object, Any }

/// <summary>One registered table and its record type.</summary>
public sealed partial class TableModel<T> : TableModel where T : class
{
    internal TableModel(string name) : base(name, typeof(T)) { }

    public override ImmutableArray<FieldModel> Fields => throw new NotImplementedException();
    public override ImmutableArray<FieldPath> Indexes => throw new NotImplementedException();
    public override FieldPath? SoftDeleteField => throw new NotImplementedException();
    public override int? SmallMaxRecords => throw new NotImplementedException();
    public override bool IsServerOnly => throw new NotImplementedException();
    public override bool AllowsUnknownFields => throw new NotImplementedException();
    public override CanonicalJson Normalize(FieldPath path, CanonicalJson value) => throw new NotImplementedException();
    public override ApplyError? Validate(Record record) => throw new NotImplementedException();
    public override ApplyError? Check(Query query) => throw new NotImplementedException();
    public override ApplyError? Check(Operation operation) => throw new NotImplementedException();
    public override Operation Normalize(Operation operation) => throw new NotImplementedException();
    public override Operation Translate(Operation operation, Record? current) => throw new NotImplementedException();
    public override bool IsDeleted(Record record) => throw new NotImplementedException();

    /// <summary>As <see cref="Read"/>, from a bounded cache: the same record gives the same object, which nobody may change.</summary>
    internal T? ReadShared(Record record) => throw new NotImplementedException();

    /// <exception cref="ArgumentException">The field is not indexed: names the call to add.</exception>
    internal RelatedLookup LookupOf<TValue>(Expression<Func<T, TValue>> field, object? value) => throw new NotImplementedException();

    /// <summary>The value of a field (of a list: an element of it, when it is no list) as it is stored and compared.</summary>
    /// <exception cref="ArgumentException">The value is not of the field's type.</exception>
    public CanonicalJson WriteValue(FieldPath path, object? value) => throw new NotImplementedException();

    /// <summary>The typed value of a record. Null where this type cannot read it (written by a newer version of the app).</summary>
    public T? Read(Record record) => throw new NotImplementedException();

    /// <summary>The fields of a typed value, without id and version, as a canonical object in normal form.</summary>
    public CanonicalJson Write(T value) => throw new NotImplementedException();

    public string IdOf(T value) => throw new NotImplementedException();

    /// <summary>The path that <c>t => t.A.B</c> names, by JSON names.</summary>
    /// <exception cref="ArgumentException">The expression is not a chain of properties of the type.</exception>
    public FieldPath PathOf<TValue>(Expression<Func<T, TValue>> field) => throw new NotImplementedException();

    /// <summary>The operations that turn one value into the other: field by field, nested objects by path, scalar lists without duplicates by insert and remove.</summary>
    /// <exception cref="ArgumentException">The ids differ.</exception>
    public ImmutableArray<Operation> Diff(T before, T after) => throw new NotImplementedException();
}
