using System.Linq.Expressions;

namespace Sync;

/// <summary>
/// Other records that a rule looks at, typed, on one immutable snapshot. Everything asked for, absent answers included, is a dependency:
/// it is compared again in the commit, and a change to it re-judges whoever depended on it.
/// </summary>
public abstract class Related
{
    /// <summary>The record with this id, or null where there is none.</summary>
    public abstract T? Get<T>(string? id) where T : class;

    /// <summary>The records whose indexed field has this value (of a list: holds it), in the order of ids.</summary>
    public abstract IReadOnlyList<T> Where<T, TValue>(Expression<Func<T, TValue>> field, object? value) where T : class;
}
