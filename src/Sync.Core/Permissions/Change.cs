using System.Collections.Immutable;
using System.Linq.Expressions;

namespace Sync;

/// <summary>One record before and after a transaction. Before is null for a creation, after for a deletion.</summary>
public sealed class Change<T> where T : class
{
    private readonly TableModel<T>? _table;
    private readonly Lazy<(CanonicalJson Before, CanonicalJson After)> _fields;

    /// <summary>A change that knows no model, for tests of rules that only look at its sides.</summary>
    public Change(string id, T? before, T? after) : this((TableModel<T>?)null, id, before, after) { }

    /// <summary>A change as a server makes it, for tests of rules.</summary>
    public Change(SyncModel model, string id, T? before, T? after) : this(model.TableOf<T>(), id, before, after) { }

    /// <param name="last">The last image of a record that was deleted before.</param>
    internal Change(TableModel<T>? table, string id, T? before, T? after, T? last = null)
    {
        (_table, Id, Before, After) = (table, id, before, after);
        _fields = new(() => (FieldsOf(before ?? last), FieldsOf(after)), LazyThreadSafetyMode.None);
    }

    public string Id { get; }
    public T? Before { get; }
    public T? After { get; }
    public bool IsCreation => Before is null;
    public bool IsDeletion => After is null;

    /// <summary>The sides that there are. Ownership is judged on both, or somebody could give a record away and then take it.</summary>
    public IEnumerable<T> Sides
    {
        get
        {
            if (Before is { } before) yield return before;
            if (After is { } after) yield return after;
        }
    }

    /// <summary>
    /// Whether the field is another one after than before, by what would be stored of it. Of a creation: whether it has another value than the type has by itself; where the record
    /// was deleted before, than it had then, so that a restore changes nothing. A deletion changes no field: ask <see cref="IsDeletion"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The expression names no field of the type.</exception>
    public bool IsChanged<TValue>(Expression<Func<T, TValue>> field) =>
        !IsDeletion && _fields.Value is var (before, after) && Table.PathOf(field) is var path && before.Get(path) != after.Get(path);

    /// <summary>Whether a record that was there is there still, and is the same but for these fields. Also true where not even these are changed.</summary>
    /// <exception cref="ArgumentException">An expression names no field of the type.</exception>
    public bool OnlyChanges(params ReadOnlySpan<Expression<Func<T, object?>>> fields)
    {
        if (IsCreation || IsDeletion) return false;
        var (before, after) = _fields.Value;
        foreach (var field in fields)
        {
            var path = Table.PathOf(field).Segments;
            (before, after) = (Without(before, path), Without(after, path));
        }
        return before == after;
    }

    private TableModel<T> Table => _table ?? throw new InvalidOperationException($"This change knows no model, so it can't tell fields. Make it by new Change<{typeof(T).Name}>(model, id, before, after).");

    private CanonicalJson FieldsOf(T? side) => side is null ? Table.Blank : Table.Write(side);

    private static CanonicalJson Without(CanonicalJson value, ImmutableArray<string> path, int depth = 0) => MemberChanges.Each(value, (name, member) =>
    {
        if (name != path[depth]) return member;
        if (depth == path.Length - 1) return default;
        var rest = Without(member, path, depth + 1);
        return rest == CanonicalJson.EmptyObject ? default : rest;
    });
}
