using System.Diagnostics.CodeAnalysis;

namespace Sync.Server;

/// <summary>A bounded dictionary that forgets what was not used for longest. Not safe to share.</summary>
internal sealed class RecentlyUsed<TKey, TValue>(int capacity) where TKey : notnull
{
    private readonly Dictionary<TKey, LinkedListNode<(TKey Key, TValue Value)>> _nodes = [];
    private readonly LinkedList<(TKey Key, TValue Value)> _newestFirst = new();

    public int Count => _nodes.Count;

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        if (!_nodes.TryGetValue(key, out var node))
        {
            value = default;
            return false;
        }

        if (!ReferenceEquals(_newestFirst.First, node))
        {
            _newestFirst.Remove(node);
            _newestFirst.AddFirst(node);
        }
        value = node.Value.Value;
        return true;
    }

    public bool Contains(TKey key) => _nodes.ContainsKey(key);

    public void Put(TKey key, TValue value)
    {
        Remove(key);
        _nodes[key] = _newestFirst.AddFirst((key, value));
        if (_nodes.Count > capacity) Remove(_newestFirst.Last!.Value.Key);
    }

    public void Remove(TKey key)
    {
        if (_nodes.Remove(key, out var node)) _newestFirst.Remove(node);
    }

    public void Clear()
    {
        _nodes.Clear();
        _newestFirst.Clear();
    }
}
