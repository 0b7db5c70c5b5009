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

    /// <summary>For <see cref="Permissions{T}.Readable"/>: the field has this value.</summary>
    public abstract QueryCondition EqualTo<T, TValue>(Expression<Func<T, TValue>> field, TValue value) where T : class;

    /// <summary>For <see cref="Permissions{T}.Readable"/>: the field has one of these values.</summary>
    public abstract QueryCondition AnyOf<T, TValue>(Expression<Func<T, TValue>> field, IEnumerable<TValue> values) where T : class;

    /// <summary>For <see cref="Permissions{T}.Readable"/>: the list holds this value.</summary>
    public abstract QueryCondition Contains<T, TItem>(Expression<Func<T, IEnumerable<TItem>?>> field, TItem value) where T : class;

    internal virtual bool HasIndex<T, TValue>(Expression<Func<T, TValue>> field) where T : class => false;

    /// <summary>As <see cref="Where"/>, the ids alone: also of records that the type cannot read.</summary>
    internal virtual IReadOnlyList<string> IdsWhere<T, TValue>(Expression<Func<T, TValue>> field, object? value) where T : class => [];
}
