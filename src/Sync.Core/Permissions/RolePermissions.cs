using System.Collections.Immutable;

namespace Sync;

/// <summary>Callers with a role read and write every record of the table.</summary>
public class RolePermissions<T>(string role) : Permissions<T> where T : class
{
    public override bool MayRead(Caller caller, T record, Related related) => caller.HasRole(role);

    public override Verdict MayWrite(Caller caller, Change<T> change, Related related) => caller.HasRole(role);

    public override ImmutableArray<QueryCondition>? Readable(Caller caller, Related related) => caller.HasRole(role) ? null : EitherPermissions<T>.Nothing;

    public override string ToString() => $"{base.ToString()}(\"{role}\")";
}
