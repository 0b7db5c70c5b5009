using FsCheck;
using FsCheck.Fluent;

namespace Sync.Core.Tests;

/// <summary>Builders, so that a test shows only what matters to it; and generators of values, records and operations.</summary>
internal static class Some
{
    public static readonly RecordKey Key = new("tasks", "task-1");
    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static CanonicalJson Json(string json) => CanonicalJson.Parse(json);
    public static Record Record(string fields, long version = 1, bool isDeleted = false) => new(Key, version, Json(fields), isDeleted);

    public static Gen<CanonicalJson> Scalars { get; } = Gen.OneOf(
        Gen.Elements("null", "true", "false", "0", "-1.5", "\"\"", "\",\"", "\"],\"", "\"{\"", "\"a\"", "\"b\\\"\"", "\"😀\"").Select(Json),
        Gen.Choose(-3, 3).Select(n => CanonicalJson.From(n)));

    public static Gen<CanonicalJson> Values { get; } = ValuesOf(2);

    public static Gen<Record?> Records { get; } =
        from fields in Objects(2)
        from kind in Gen.Choose(0, 9)
        from version in Gen.Choose(1, 5)
        select kind == 0 ? null : new Record(Key, version, fields, isDeleted: kind == 1);

    public static Gen<FieldPath> Paths { get; } =
        from names in Gen.Elements("a", "b", "c", "x.y", "q\"").ArrayOf()
        where names.Length is > 0 and < 4
        select FieldPath.Of(names);

    public static Gen<Operation> AnyOperations { get; } =
        from kind in Gen.Choose(0, 11)
        from path in Paths
        from value in Values
        from anchor in Scalars
        from element in Scalars
        from version in Gen.Choose(1, 5)
        from condition in Gen.Elements<Condition?>(null, null, null, Condition.Absent.Instance, new Condition.ValueIs(anchor), new Condition.VersionIs(version))
        select (Operation)(kind switch
        {
            0 => new Operation.Create(Key, CanonicalJson.Object(new KeyValuePair<string, CanonicalJson>("a", value))),
            1 => new Operation.Delete(Key, condition),
            2 => new Operation.Restore(Key),
            3 => new Operation.Unset(Key, path, condition),
            4 => new Operation.SetNow(Key, path),
            5 => new Operation.ListInsert(Key, path, element, ListPosition.AtStart),
            6 => new Operation.ListInsert(Key, path, element, ListPosition.AtEnd),
            7 => new Operation.ListInsert(Key, path, element, new ListPosition.Before(anchor)),
            8 => new Operation.ListInsert(Key, path, element, new ListPosition.After(anchor)),
            9 => new Operation.ListRemove(Key, path, element),
            _ => new Operation.Set(Key, path, value, condition),
        });

    private static Gen<CanonicalJson> ValuesOf(int depth) => depth == 0
        ? Scalars
        : Gen.OneOf(Scalars, ValuesOf(depth - 1).ListOf().Select(items => CanonicalJson.List(items.Take(6))), Objects(depth));

    private static Gen<CanonicalJson> Objects(int depth) =>
        from names in Gen.Elements("a", "b", "c", "x.y", "q\"").ListOf()
        from values in ValuesOf(depth - 1).ListOf(names.Count)
        select CanonicalJson.Object(names.Zip(values, (name, value) => new KeyValuePair<string, CanonicalJson>(name, value)));
}
