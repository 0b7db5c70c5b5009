using System.Collections.Immutable;

namespace Sync;

/// <summary>
/// Who may read and write the records of one table. Rules are pure, synchronous singletons that run many times: no database, no clock, no service inside.
/// What a rule asks <see cref="Related"/> for and is not loaded yet reads as absent, is loaded, and the rule runs again.
/// A rule that throws gives no access.
/// </summary>
public abstract class Permissions<T> where T : class
{
    public abstract bool MayRead(Caller caller, T record, Related related);

    public abstract Verdict MayWrite(Caller caller, Change<T> change, Related related);

    /// <summary>
    /// Conditions that hold for every record that this caller may read, or null for none known. They reach the store with the query, so that it need not
    /// read what the caller may not see; <see cref="MayRead"/> still judges each record.
    /// </summary>
    public virtual ImmutableArray<QueryCondition>? Readable(Caller caller, Related related) => null;

    /// <summary>How the rules are called where they are explained.</summary>
    public override string ToString()
    {
        var type = GetType();
        return type.IsGenericType ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GenericTypeArguments.Select(argument => argument.Name))}>" : type.Name;
    }

    /// <summary>The ids of all records that the caller may read, where look-ups tell them; null where they do not.</summary>
    internal virtual IReadOnlyList<string>? ReadableIds(Caller caller, Related related) => null;
}
