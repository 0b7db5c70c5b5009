using System.Collections.Immutable;
using System.Linq.Expressions;

namespace Sync;

/// <summary>A rule with a field that only some of those who may write may change.</summary>
internal sealed class GuardedPermissions<T, TValue>(Permissions<T> inner, Expression<Func<T, TValue>> field, Func<Caller, Change<T>, Related, bool> mayChange, string code) : Permissions<T>
    where T : class
{
    public override bool MayRead(Caller caller, T record, Related related) => inner.MayRead(caller, record, related);

    public override Verdict MayWrite(Caller caller, Change<T> change, Related related)
    {
        var verdict = inner.MayWrite(caller, change, related);
        return verdict.IsAllowed && change.IsChanged(field) && !mayChange(caller, change, related) ? Verdict.Deny(code) : verdict;
    }

    public override ImmutableArray<QueryCondition>? Readable(Caller caller, Related related) => inner.Readable(caller, related);

    public override string ToString() => $"{inner} guarding {field.Body}";

    internal override IReadOnlyList<string>? ReadableIds(Caller caller, Related related) => inner.ReadableIds(caller, related);
}
