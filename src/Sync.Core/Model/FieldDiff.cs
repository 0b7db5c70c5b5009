using System.Collections.Immutable;

namespace Sync;

/// <summary>The operations that turn one version of a record's fields into another, as small as they can be, so that what others change at the same time stays.</summary>
internal sealed class FieldDiff
{
    private readonly RecordKey _key;
    private readonly ImmutableArray<Operation>.Builder _operations = ImmutableArray.CreateBuilder<Operation>();

    private FieldDiff(RecordKey key) => _key = key;

    public static ImmutableArray<Operation> Of(RecordKey key, ObjectShape shape, CanonicalJson before, CanonicalJson after)
    {
        var diff = new FieldDiff(key);
        diff.AddMembers([], shape, before, after);
        return diff._operations.ToImmutable();
    }

    private void AddMembers(ImmutableArray<string> path, Shape shape, CanonicalJson before, CanonicalJson after)
    {
        foreach (var (name, _) in before.Members)
            if (after[name].IsMissing) _operations.Add(new Operation.Unset(_key, FieldPath.Of([.. path, name])));
        foreach (var (name, value) in after.Members)
            if (before[name] != value) AddChange([.. path, name], MemberShape(shape, name), before[name], value);
    }

    private void AddChange(ImmutableArray<string> path, Shape shape, CanonicalJson before, CanonicalJson after)
    {
        if (path.Length < FieldPath.MaxSegments && before.Kind == JsonKind.Object && after.Kind == JsonKind.Object && MayGoByPath(shape, before, after)) AddMembers(path, shape, before, after);
        else if (after.Kind == JsonKind.List && ListDiff.TryOf(_key, FieldPath.Of([.. path]), before, after) is { } steps) _operations.AddRange(steps);
        else _operations.Add(new Operation.Set(_key, FieldPath.Of([.. path]), after));
    }

    /// <summary>Types that the serializer alone understands are written whole: half of one and half of another may be neither.</summary>
    private static bool MayGoByPath(Shape shape, CanonicalJson before, CanonicalJson after) => shape switch
    {
        ObjectShape => true,
        DictionaryShape => before.Members.Concat(after.Members).All(member => FieldPath.CheckSegment(member.Key) is null),
        _ => false,
    };

    private static Shape MemberShape(Shape shape, string name) => shape switch
    {
        ObjectShape type => type.Find(name)?.Shape ?? AnyShape.Instance,
        DictionaryShape names => names.Element,
        _ => AnyShape.Instance,
    };
}
