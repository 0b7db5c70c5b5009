using System.Linq.Expressions;

namespace Sync;

/// <summary>Makes rules of rules.</summary>
public static class PermissionsExtensions
{
    /// <summary>Allows what either rule allows: <c>new OwnerPermissions&lt;Note&gt;(n => n.OwnerId).Or(new RolePermissions&lt;Note&gt;("admin"))</c>.</summary>
    public static Permissions<T> Or<T>(this Permissions<T> permissions, Permissions<T> other) where T : class => new EitherPermissions<T>(permissions, other);

    /// <summary>Of those who may write, only some may change this field, or create a record with another value in it than the type's own.</summary>
    /// <param name="permissions">Who may read and write at all.</param>
    /// <param name="field">The guarded field.</param>
    /// <param name="mayChange">Who may change it.</param>
    /// <param name="code">What the others are told.</param>
    public static Permissions<T> Guard<T, TValue>(
        this Permissions<T> permissions, Expression<Func<T, TValue>> field, Func<Caller, Change<T>, Related, bool> mayChange, string code = ErrorCodes.NotAllowed) where T : class =>
        new GuardedPermissions<T, TValue>(permissions, field, mayChange, code);
}
