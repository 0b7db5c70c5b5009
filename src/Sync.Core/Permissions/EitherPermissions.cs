using System.Collections.Immutable;

namespace Sync;

/// <summary>What one of two rules allows.</summary>
internal sealed class EitherPermissions<T>(Permissions<T> first, Permissions<T> second) : Permissions<T> where T : class
{
    /// <summary>Conditions that hold for no record.</summary>
    public static ImmutableArray<QueryCondition> Nothing { get; } = [new QueryCondition.AnyOf(FieldPath.Id, [])];

    public override bool MayRead(Caller caller, T record, Related related) => first.MayRead(caller, record, related) || second.MayRead(caller, record, related);

    /// <summary>Where both deny, the code that says more than <c>not_allowed</c>, the first one's before the second's.</summary>
    public override Verdict MayWrite(Caller caller, Change<T> change, Related related)
    {
        var one = first.MayWrite(caller, change, related);
        if (one.IsAllowed) return one;
        var other = second.MayWrite(caller, change, related);
        return other.IsAllowed || one.Code is null or ErrorCodes.NotAllowed ? other : one;
    }

    /// <remarks>Conditions all hold at once, so those of two rules say something together only where one of them lets nothing through.</remarks>
    public override ImmutableArray<QueryCondition>? Readable(Caller caller, Related related)
    {
        var (one, other) = (first.Readable(caller, related), second.Readable(caller, related));
        return LetsNothingThrough(one) ? other : LetsNothingThrough(other) ? one : null;
    }

    public override string ToString() => $"{first} or {second}";

    private static bool LetsNothingThrough(ImmutableArray<QueryCondition>? conditions) =>
        conditions is { IsDefaultOrEmpty: false } some && some.Any(condition => condition is QueryCondition.AnyOf { Values.IsEmpty: true });
}
