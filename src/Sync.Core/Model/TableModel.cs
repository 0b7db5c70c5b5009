using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Sync;

/// <summary>One registered table, untyped: its fields, indexes and checks.</summary>
public abstract class TableModel
{
    private readonly TableSettings _settings;
    private readonly TableSettings _asUsersSee;

    // What many sessions are owed is told to be the same by its identity, so a record is stripped once and not now and then again.
    private readonly ConditionalWeakTable<Record, Record> _revealed = [];

    private protected TableModel(TableSettings settings)
    {
        (_settings, _asUsersSee) = (settings, settings.AsUsersSee());
        Fields = [.. settings.Type.Shape.Members.Where(m => !Sync.RecordType.IsReserved(m.Name)).Select(FieldOf)];
    }

    public string Name => _settings.Name;
    public abstract Type RecordType { get; }

    /// <summary>The type's fields by JSON name, without <c>id</c> and <c>version</c>.</summary>
    public ImmutableArray<FieldModel> Fields { get; }

    /// <summary>Fields that a query may be served by.</summary>
    public ImmutableArray<FieldPath> Indexes => _settings.Indexes;

    /// <summary>The field that a delete sets instead of deleting; null where deletes are real.</summary>
    public FieldPath? SoftDeleteField => _settings.SoftDeleteField;

    /// <summary>Most records of a table small enough to be queried whole; null where queries need an index.</summary>
    public int? SmallMaxRecords => _settings.SmallMaxRecords;

    /// <summary>True for a table that feeds rules and never leaves the server.</summary>
    public bool IsServerOnly => _settings.IsServerOnly;

    /// <summary>True where some fields never leave the server.</summary>
    internal bool HasServerOnlyFields => !_settings.ServerOnlyFields.IsEmpty;

    /// <summary>True where the type has extension data, so that fields it does not have are kept.</summary>
    public bool AllowsUnknownFields => Type.Shape.HasExtensionData;

    /// <summary>True where the type has a property for the record's version.</summary>
    internal bool ShowsVersion => Type.ShowsVersion;

    private protected RecordType Type => _settings.Type;

    public FieldModel? FindField(string jsonName) => Fields.FirstOrDefault(f => f.Name == jsonName);

    /// <summary>The form in which values of this table's fields are kept: instants as UTC with six digits. Applied to what an operation brings, before it is decided.</summary>
    public CanonicalJson Normalize(FieldPath path, CanonicalJson value) => Type.ShapeAt(path)?.Normalize(value) ?? value;

    /// <summary>The operation with all its values (conditions and anchors included) in normal form.</summary>
    public Operation Normalize(Operation operation) => NormalForm.Of(operation, Type);

    /// <summary>The query with all its values in normal form.</summary>
    public Query Normalize(Query query) => NormalForm.Of(query, Type);

    /// <summary>Checks a record against its type and the app's own checks; null when it is right, else <c>invalid_record</c> or the app's code.</summary>
    public abstract ApplyError? Validate(Record record);

    /// <summary>False for a record that the type cannot read, written by a newer version of the app.</summary>
    internal abstract bool CanRead(Record record);

    /// <summary>Refuses what no user's query may ask of this table (unknown field, no index); null when it is right.</summary>
    public ApplyError? Check(Query query) => QueryCheck.Of(query, _asUsersSee);

    /// <summary>As <see cref="Check(Query)"/>, for the app's own code: fields that never leave the server are fields.</summary>
    internal ApplyError? CheckOfApp(Query query) => QueryCheck.Of(query, _settings);

    /// <summary>Conditions that a rule gave, in normal form.</summary>
    /// <exception cref="ArgumentException">One is on no field of the table.</exception>
    internal ImmutableArray<QueryCondition> CheckConditions(ImmutableArray<QueryCondition> conditions) =>
        conditions.FirstOrDefault(condition => QueryCheck.Lacks(condition.Path, _settings)) is { } lost
            ? throw new ArgumentException($"\"{Name}\" has no field \"{lost.Path}\" for a condition of its rules.")
            : NormalForm.Of(new Query { Table = Name, Where = conditions }, Type).Where;

    /// <summary>
    /// Refuses a user's operation that writes a field which the type does not have, or which never leaves the server (<c>unknown_field</c>); null when it is right.
    /// Fields that a record already holds are not looked at.
    /// </summary>
    public ApplyError? Check(Operation operation) => OperationCheck.Of(operation, _asUsersSee);

    /// <summary>As <see cref="Check(Operation)"/>, for the app's own code: fields that never leave the server are fields.</summary>
    internal ApplyError? CheckOfApp(Operation operation) => OperationCheck.Of(operation, _settings);

    /// <summary>The record as users see it: always the same object for the same record, and the record itself where nothing is hidden.</summary>
    internal Record Reveal(Record record) =>
        HasServerOnlyFields ? _revealed.GetValue(record, whole => ServerOnlyFields.Strip(whole, _settings.ServerOnlyFields)) : record;

    /// <summary>The fields of a record, or of a create, as users see them.</summary>
    internal CanonicalJson Reveal(CanonicalJson fields) => ServerOnlyFields.Strip(fields, _settings.ServerOnlyFields);

    /// <summary>What users may be told of an operation; null where that is nothing.</summary>
    internal Operation? Reveal(Operation operation) => HasServerOnlyFields ? ServerOnlyFields.Strip(operation, _settings.ServerOnlyFields) : operation;

    /// <summary>A user's operation, meant for the record that the user sees, as one for the whole record.</summary>
    /// <param name="current">The whole record just before the operation.</param>
    internal Operation Unveil(Operation operation, Record? current) => HasServerOnlyFields ? ServerOnlyFields.Unveil(operation, current, this) : operation;

    /// <summary>
    /// What an operation is carried out as: on a table with soft deletes a delete becomes the set-now of its field and a restore its removal; all else stays as it is.
    /// </summary>
    /// <param name="current">The record just before the operation.</param>
    public Operation Translate(Operation operation, Record? current) => SoftDeletes.Translate(operation, current, SoftDeleteField);

    /// <summary>True for a tombstone and for a record that is soft-deleted: reads and queries leave it out unless asked.</summary>
    public bool IsDeleted(Record record) => record.IsDeleted || SoftDeletes.IsSet(record, SoftDeleteField);

    private FieldModel FieldOf(ObjectMember member) =>
        new(member.Name, member.Shape.Kind, member.IsNullable, member.HasDefault, member.ClrType) { IsServerOnly = _settings.ServerOnlyFields.Contains(member.Name) };
}
