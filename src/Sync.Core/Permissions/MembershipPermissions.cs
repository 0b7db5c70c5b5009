using System.Collections.Immutable;
using System.Linq.Expressions;

namespace Sync;

/// <summary>
/// Rights come from a table of memberships, each one user's part in one group: who has one reads and writes what belongs to the group. A record that moves is judged by
/// both groups.
/// </summary>
/// <param name="group">The field with the group's id.</param>
/// <param name="membershipGroup">The membership's field with the group's id.</param>
/// <param name="membershipUser">The membership's field with the user's id. It must be indexed.</param>
/// <param name="mayWrite">With which memberships one may write, such as <c>m => m.Role == "editor"</c>; with all where it is left out.</param>
public class MembershipPermissions<T, TMembership>(
    Expression<Func<T, string?>> group,
    Expression<Func<TMembership, string?>> membershipGroup,
    Expression<Func<TMembership, string?>> membershipUser,
    Func<TMembership, bool>? mayWrite = null) : Permissions<T>
    where T : class
    where TMembership : class
{
    private readonly FieldReader<T, string?> _group = new(group);
    private readonly FieldReader<TMembership, string?> _membershipGroup = new(membershipGroup);

    public override bool MayRead(Caller caller, T record, Related related) => MembershipsOf(caller, record, related).Any();

    public override Verdict MayWrite(Caller caller, Change<T> change, Related related) => change.Sides.All(side => MembershipsOf(caller, side, related).Any(mayWrite ?? (_ => true)));

    public override ImmutableArray<QueryCondition>? Readable(Caller caller, Related related) =>
        [related.AnyOf(_group.Field, MembershipsOf(caller, related).Select(_membershipGroup.Of).Distinct())];

    private IEnumerable<TMembership> MembershipsOf(Caller caller, T record, Related related)
    {
        var id = _group.Of(record);
        return id is null ? [] : MembershipsOf(caller, related).Where(membership => _membershipGroup.Of(membership) == id);
    }

    private IReadOnlyList<TMembership> MembershipsOf(Caller caller, Related related) => related.Where(membershipUser, caller.UserId);
}
