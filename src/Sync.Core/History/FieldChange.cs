using System.Collections.Immutable;

namespace Sync;

/// <summary>One field, or one member of a nested object, before and after; missing where there was none.</summary>
public readonly record struct FieldChange(FieldPath Path, CanonicalJson Before, CanonicalJson After)
{
    /// <summary>The differences of two objects, by name, as deep as both sides are objects.</summary>
    internal static ImmutableArray<FieldChange> Between(CanonicalJson before, CanonicalJson after)
    {
        var changes = ImmutableArray.CreateBuilder<FieldChange>();
        AddMembers(changes, [], before, after);
        return changes.ToImmutable();
    }

    private static void AddMembers(ImmutableArray<FieldChange>.Builder changes, ImmutableArray<string> path, CanonicalJson before, CanonicalJson after)
    {
        var names = before.Members.Concat(after.Members).Select(member => member.Key).Distinct(StringComparer.Ordinal).Order(Comparer<string>.Create(CodePointOrder.Compare));
        foreach (var name in names)
        {
            var (old, now) = (before[name], after[name]);
            if (old == now) continue;
            ImmutableArray<string> place = [.. path, name];
            if (place.Length < FieldPath.MaxSegments && HasPaths(old) && HasPaths(now)) AddMembers(changes, place, old, now);
            else changes.Add(new FieldChange(FieldPath.Of([.. place]), old, now));
        }
    }

    private static bool HasPaths(CanonicalJson value) => value.Kind == JsonKind.Object && value.Members.All(member => FieldPath.CheckSegment(member.Key) is null);
}
