using System.Collections.Immutable;
using System.Linq.Expressions;

namespace Sync;

/// <summary>
/// The users whom a list in the record names read and write it, those of a second list only read. Everybody may leave: take themselves out of the lists and change
/// nothing else.
/// </summary>
/// <param name="members">Index the field, so that a query need not look at what its reader is no member of.</param>
/// <param name="viewers">As <paramref name="members"/>; none where it is left out.</param>
public class MemberPermissions<T>(Expression<Func<T, IEnumerable<string>?>> members, Expression<Func<T, IEnumerable<string>?>>? viewers = null) : Permissions<T> where T : class
{
    private readonly FieldReader<T, IEnumerable<string>?> _members = new(members);
    private readonly FieldReader<T, IEnumerable<string>?>? _viewers = viewers is null ? null : new(viewers);

    public override bool MayRead(Caller caller, T record, Related related) => IsIn(_members, caller, record) || (_viewers is not null && IsIn(_viewers, caller, record));

    public override Verdict MayWrite(Caller caller, Change<T> change, Related related) =>
        change.Sides.All(side => IsIn(_members, caller, side)) || (change is { Before: { } before, After: { } after } && MayRead(caller, before, related) && IsLeaving(caller, change, before, after));

    public override ImmutableArray<QueryCondition>? Readable(Caller caller, Related related) =>
        ReadableIds(caller, related) is { } ids ? [new QueryCondition.AnyOf(FieldPath.Id, [.. ids.Select(id => CanonicalJson.From(id))])] : null;

    internal override IReadOnlyList<string>? ReadableIds(Caller caller, Related related)
    {
        if (!related.HasIndex(_members.Field) || (_viewers is not null && !related.HasIndex(_viewers.Field))) return null;
        var ids = related.IdsWhere(_members.Field, caller.UserId);
        return _viewers is null ? ids : [.. ids.Union(related.IdsWhere(_viewers.Field, caller.UserId), StringComparer.Ordinal)];
    }

    private bool IsLeaving(Caller caller, Change<T> change, T before, T after)
    {
        if (!IsWithout(_members, caller, before, after)) return false;
        if (_viewers is null) return change.OnlyChanges(AsObject(_members));
        return IsWithout(_viewers, caller, before, after) && change.OnlyChanges(AsObject(_members), AsObject(_viewers));
    }

    private static bool IsIn(FieldReader<T, IEnumerable<string>?> list, Caller caller, T record) => list.Of(record)?.Any(caller.Is) == true;

    private static bool IsWithout(FieldReader<T, IEnumerable<string>?> list, Caller caller, T before, T after) =>
        (list.Of(before) ?? []).Where(id => !caller.Is(id)).SequenceEqual(list.Of(after) ?? [], StringComparer.Ordinal);

    private static Expression<Func<T, object?>> AsObject(FieldReader<T, IEnumerable<string>?> list) => Expression.Lambda<Func<T, object?>>(list.Field.Body, list.Field.Parameters);
}
