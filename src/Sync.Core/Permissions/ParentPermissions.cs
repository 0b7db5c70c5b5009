using System.Collections.Immutable;
using System.Linq.Expressions;

namespace Sync;

/// <summary>
/// Rights come from another record: who may read the parent reads and writes what belongs to it. A record that moves is judged by both parents. Parents may have
/// parents in turn: <c>new ParentPermissions&lt;TaskItem, Workspace&gt;(t => t.WorkspaceId, new ParentPermissions&lt;Workspace, Organisation&gt;(…))</c>.
/// </summary>
/// <param name="parent">The field with the parent's id.</param>
/// <param name="permissions">Who may read the parent.</param>
/// <param name="mayWrite">Who of those may write what belongs to it; all where it is left out.</param>
public class ParentPermissions<T, TParent>(Expression<Func<T, string?>> parent, Permissions<TParent> permissions, Func<Caller, TParent, Related, bool>? mayWrite = null) : Permissions<T>
    where T : class
    where TParent : class
{
    private readonly FieldReader<T, string?> _parent = new(parent);

    public override bool MayRead(Caller caller, T record, Related related) => ParentOf(record, related) is { } above && permissions.MayRead(caller, above, related);

    public override Verdict MayWrite(Caller caller, Change<T> change, Related related) => change.Sides.All(side =>
        ParentOf(side, related) is { } above && permissions.MayRead(caller, above, related) && (mayWrite is null || mayWrite(caller, above, related)));

    public override ImmutableArray<QueryCondition>? Readable(Caller caller, Related related) =>
        permissions.ReadableIds(caller, related) is { } ids ? [related.AnyOf(_parent.Field, ids)] : null;

    public override string ToString() => $"{base.ToString()} over {permissions}";

    internal override IReadOnlyList<string>? ReadableIds(Caller caller, Related related)
    {
        if (!related.HasIndex(_parent.Field) || permissions.ReadableIds(caller, related) is not { } above) return null;
        return [.. above.SelectMany(id => related.IdsWhere(_parent.Field, id))];
    }

    private TParent? ParentOf(T record, Related related) => related.Get<TParent>(_parent.Of(record));
}
