namespace Sync.Server;

/// <summary>A set that is nearly always of one: a second member makes it a real set.</summary>
internal sealed class Crowd<T>(T first) where T : class
{
    private T? _only = first;
    private HashSet<T>? _many;

    public bool IsEmpty => _only is null && _many is not { Count: > 0 };

    public void Add(T member)
    {
        if (_many is not null) _many.Add(member);
        else if (_only is null) _only = member;
        else if (!ReferenceEquals(_only, member))
        {
            _many = [_only, member];
            _only = null;
        }
    }

    public void Remove(T member)
    {
        if (ReferenceEquals(_only, member)) _only = null;
        else _many?.Remove(member);
    }

    public void AddTo(HashSet<T> found)
    {
        if (_only is not null) found.Add(_only);
        else if (_many is not null) found.UnionWith(_many);
    }
}

internal static class CrowdsByKey
{
    public static void Join<TKey, T>(this Dictionary<TKey, Crowd<T>> crowds, TKey key, T member) where TKey : notnull where T : class
    {
        if (crowds.TryGetValue(key, out var crowd)) crowd.Add(member);
        else crowds[key] = new Crowd<T>(member);
    }

    public static void Leave<TKey, T>(this Dictionary<TKey, Crowd<T>> crowds, TKey key, T member) where TKey : notnull where T : class
    {
        if (!crowds.TryGetValue(key, out var crowd)) return;
        crowd.Remove(member);
        if (crowd.IsEmpty) crowds.Remove(key);
    }
}
