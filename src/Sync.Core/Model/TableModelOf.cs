using System.Collections.Immutable;
using System.Linq.Expressions;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Sync;

/// <summary>One registered table and its record type.</summary>
public sealed class TableModel<T> : TableModel where T : class
{
    private readonly JsonTypeInfo<T> _json;
    private readonly ImmutableArray<RecordCheck<T>> _checks;
    private readonly SharedReads<T> _shared = new();
    private readonly Lazy<CanonicalJson> _blank;

    internal TableModel(TableSettings settings, JsonTypeInfo<T> json, ImmutableArray<RecordCheck<T>> checks) : base(settings)
    {
        (_json, _checks) = (json, checks);
        _blank = new(() => Read(new Record(new RecordKey(Name, "blank"), 1, CanonicalJson.EmptyObject)) is { } blank ? Write(blank) : CanonicalJson.EmptyObject);
    }

    public override Type RecordType => typeof(T);

    /// <summary>The typed value of a record. Null where this type cannot read it (written by a newer version of the app).</summary>
    public T? Read(Record record) => TryRead(record, out _);

    /// <summary>The fields of a typed value, without id and version, as a canonical object in normal form. Null properties are left out: missing and null are one.</summary>
    /// <exception cref="JsonFaultException">The value holds what no store takes in, such as U+0000.</exception>
    public CanonicalJson Write(T value) => Type.FieldsOf(CanonicalJson.From(value, _json));

    /// <summary>The fields of a value of which nothing was set; none where the type allows no such value.</summary>
    internal CanonicalJson Blank => _blank.Value;

    /// <summary>As <see cref="Write"/>, without the server-only fields that nobody set: a client's value has them because its type has. One that was set stays, and is refused.</summary>
    internal CanonicalJson WriteOfUser(T value)
    {
        var written = Write(value);
        if (!HasServerOnlyFields) return written;

        var seen = Reveal(written);
        if (Read(new Record(new RecordKey(Name, IdOf(value)), 1, seen)) is not { } unset) return seen;
        var defaults = Write(unset);
        return Fields.All(field => !field.IsServerOnly || defaults[field.Name] == written[field.Name]) ? seen : written;
    }

    /// <exception cref="ArgumentException">The value has no id.</exception>
    public string IdOf(T value)
    {
        var id = Type.IdOf(value) ?? CanonicalJson.From(value, _json)["id"].AsString();
        return string.IsNullOrEmpty(id) ? throw new ArgumentException($"This {typeof(T).Name} has no id. Give it one before it is written.") : id;
    }

    /// <summary>The path that <c>t => t.A.B</c> names, by JSON names.</summary>
    /// <exception cref="ArgumentException">The expression is not a chain of properties of the type.</exception>
    public FieldPath PathOf<TValue>(Expression<Func<T, TValue>> field) => Type.PathOf(field);

    /// <summary>The value of a field (of a list: an element of it, when it is no list) as it is stored and compared.</summary>
    /// <exception cref="ArgumentException">The value is not of the field's type.</exception>
    public CanonicalJson WriteValue(FieldPath path, object? value) => FieldValues.Write(Type, path, value);

    /// <summary>The operations that turn one value into the other: field by field, nested objects by path, scalar lists without duplicates by insert and remove.</summary>
    /// <exception cref="ArgumentException">The ids differ.</exception>
    public ImmutableArray<Operation> Diff(T before, T after)
    {
        var id = IdOf(before);
        if (IdOf(after) != id) throw new ArgumentException($"A change can't give a record another id: it was \"{id}\" and became \"{IdOf(after)}\". Create a new record and delete the old one.");
        return FieldDiff.Of(new RecordKey(Name, id), Type.Shape, Write(before), Write(after));
    }

    public override ApplyError? Validate(Record record)
    {
        if (Type.Shape.CheckFields(record.Fields) is { } fault) return RecordFaults.Misfit(Name, fault);
        if (TryRead(record, out var unread) is not { } typed) return RecordFaults.Unreadable(Name, unread);
        if (Type.Shape.CheckRead(typed) is { } late) return RecordFaults.Misfit(Name, late);

        foreach (var check in _checks)
            if (!check.Passes(typed)) return new(check.Code, $"A record of \"{Name}\" does not pass the check \"{check.Code}\".");
        return null;
    }

    /// <summary>As <see cref="Read"/>, from a bounded cache: the same record gives the same object, which nobody may change.</summary>
    internal T? ReadShared(Record record) => _shared.Get(record, this);

    internal override bool CanRead(Record record) => ReadShared(record) is not null;

    /// <exception cref="ArgumentException">The field is not indexed: names the call to add.</exception>
    internal RelatedLookup LookupOf<TValue>(Expression<Func<T, TValue>> field, object? value)
    {
        var path = PathOf(field);
        if (!Indexes.Contains(path)) throw new ArgumentException($"A rule looks up \"{Name}\" by \"{path}\", which has no index. Add .Index({Type.ExpressionOf(path)}) to the table in SyncModel.Create.");
        return new(Name, path, WriteValue(path, value));
    }

    internal FieldKind KindOf(FieldPath path) => Type.ShapeAt(path)?.Kind ?? FieldKind.Any;

    /// <inheritdoc cref="RecordType.KeepsNull"/>
    internal bool KeepsNull(FieldPath path) => Type.KeepsNull(path);

    private T? TryRead(Record record, out Exception? fault)
    {
        fault = null;
        try
        {
            return JsonSerializer.Deserialize(Type.TextOf(record), _json);
        }
        catch (Exception thrown) // Constructors, setters and converters of the app run here and may throw anything: a record that they refuse is one that this type cannot read.
        {
            fault = thrown;
            return null;
        }
    }
}

/// <summary>A check of the app's own on every changed record.</summary>
internal sealed record RecordCheck<T>(Func<T, bool> IsValid, string Code)
{
    public bool Passes(T record)
    {
        try
        {
            return IsValid(record);
        }
        catch (Exception) // The app's code may throw anything, and a record that a check chokes on has not passed it.
        {
            return false;
        }
    }
}
