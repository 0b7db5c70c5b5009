using System.Collections.Immutable;

namespace Sync;

/// <summary>Takes fields that never leave the server out of what leaves it, and brings in what users mean by the rest.</summary>
internal static class ServerOnlyFields
{
    /// <summary>No record has this version: a condition on it never holds.</summary>
    private const long NoVersion = 0;

    public static Record Strip(Record record, ImmutableArray<string> hidden) =>
        HasAny(record.Fields, hidden) ? new Record(record.Key, record.Version, Strip(record.Fields, hidden), record.IsDeleted) : record;

    public static CanonicalJson Strip(CanonicalJson fields, ImmutableArray<string> hidden) =>
        HasAny(fields, hidden) ? MemberChanges.Each(fields, (name, value) => hidden.Contains(name) ? default : value) : fields;

    /// <summary>What may be told of an operation; null for one on a hidden field, of which nothing may.</summary>
    public static Operation? Strip(Operation operation, ImmutableArray<string> hidden) => operation switch
    {
        Operation.Create create => create with { Value = Strip(create.Value, hidden) },
        Operation.Delete { If: Condition.ValueIs { Value: var expected } } delete => delete with { If = new Condition.ValueIs(Strip(expected, hidden)) },
        Operation.Set set when hidden.Contains(set.Path.Root) => null,
        Operation.Unset unset when hidden.Contains(unset.Path.Root) => null,
        Operation.SetNow setNow when hidden.Contains(setNow.Path.Root) => null,
        Operation.ListInsert insert when hidden.Contains(insert.Path.Root) => null,
        Operation.ListRemove remove when hidden.Contains(remove.Path.Root) => null,
        _ => operation,
    };

    /// <remarks>Only a delete compares with all fields at once; what names a hidden one is refused before.</remarks>
    public static Operation Unveil(Operation operation, Record? current, TableModel table)
    {
        if (current is null || operation is not Operation.Delete { If: Condition.ValueIs { Value: var expected } } delete) return operation;
        return delete with { If = new Condition.VersionIs(table.Reveal(current).Fields == expected ? current.Version : NoVersion) };
    }

    private static bool HasAny(CanonicalJson fields, ImmutableArray<string> hidden)
    {
        foreach (var name in hidden)
            if (!fields[name].IsMissing) return true;
        return false;
    }
}
