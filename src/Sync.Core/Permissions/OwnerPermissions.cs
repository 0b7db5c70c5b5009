using System.Collections.Immutable;
using System.Linq.Expressions;

namespace Sync;

/// <summary>The user whom a field names reads and writes the record. It can't be given away: the owner is judged before and after.</summary>
public class OwnerPermissions<T>(Expression<Func<T, string?>> owner) : Permissions<T> where T : class
{
    private readonly FieldReader<T, string?> _owner = new(owner);

    public override bool MayRead(Caller caller, T record, Related related) => caller.Is(_owner.Of(record));

    public override Verdict MayWrite(Caller caller, Change<T> change, Related related) => change.Sides.All(side => caller.Is(_owner.Of(side)));

    public override ImmutableArray<QueryCondition>? Readable(Caller caller, Related related) => [related.EqualTo(_owner.Field, caller.UserId)];
}
