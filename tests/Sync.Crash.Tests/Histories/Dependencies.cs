namespace Sync.Crash.Tests;

/// <summary>
/// Who must come before whom: the writer of a version before who overwrote it and before who read it, its reader before who overwrote it, and each writer's transactions as it was told of them.
/// All from versions; the log's order plays no part. Where some come before each other there was no order that explains what they saw.
/// </summary>
internal static class Dependencies
{
    public static IEnumerable<Violation> Check(History history, IReadOnlyDictionary<string, Logged> entryOf)
    {
        var edges = Edges(history, entryOf).Where(edge => edge.Before != edge.After).Distinct().ToList();
        foreach (var ring in Rings(edges)) yield return new Violation(Fault.Cycle, string.Join(", ", ring.Take(8)) + (ring.Count > 8 ? $" and {ring.Count - 8} more" : ""));
    }

    private static IEnumerable<(string Before, string After)> Edges(History history, IReadOnlyDictionary<string, Logged> entryOf)
    {
        var writers = new Dictionary<RecordVersion, string>();
        var overwriters = new Dictionary<RecordVersion, string>();
        foreach (var entry in history.Log)
        {
            foreach (var change in entry.Changes)
            {
                writers.TryAdd(new RecordVersion(change.Key, change.After.Version), entry.Mark);
                overwriters.TryAdd(new RecordVersion(change.Key, change.Before?.Version ?? 0), entry.Mark);
            }
        }

        foreach (var (read, overwriter) in overwriters)
        {
            if (writers.TryGetValue(read, out var writer)) yield return (writer, overwriter);
        }

        foreach (var reader in history.Writes.Where(w => entryOf.ContainsKey(w.Mark)))
        {
            foreach (var read in reader.Read)
            {
                if (writers.TryGetValue(read, out var writer)) yield return (writer, reader.Mark);
                if (overwriters.TryGetValue(read, out var overwriter)) yield return (reader.Mark, overwriter);
            }
        }

        foreach (var ofWriter in history.Writes.Where(w => w.Outcome == Outcome.Accepted && entryOf.ContainsKey(w.Mark)).GroupBy(w => w.Writer))
        {
            // A write that began after an earlier one was acknowledged; the latest such is enough.
            var acknowledged = new Queue<Attempt>(ofWriter.OrderBy(w => w.Ended));
            Attempt? latest = null;
            foreach (var write in ofWriter.OrderBy(w => w.Began))
            {
                while (acknowledged.TryPeek(out var next) && next.Ended < write.Began) latest = acknowledged.Dequeue();
                if (latest is not null) yield return (latest.Mark, write.Mark);
            }
        }
    }

    /// <summary>The strongly connected components of more than one (Tarjan's algorithm, without recursion).</summary>
    private static List<List<string>> Rings(List<(string Before, string After)> edges)
    {
        var next = edges.ToLookup(edge => edge.Before, edge => edge.After);
        var (index, low) = (new Dictionary<string, int>(), new Dictionary<string, int>());
        var (open, isOpen) = (new Stack<string>(), new HashSet<string>());
        var rings = new List<List<string>>();
        foreach (var root in edges.Select(edge => edge.Before))
        {
            if (index.ContainsKey(root)) continue;
            var path = new Stack<(string Node, IEnumerator<string> Next)>();
            Enter(root);
            while (path.TryPeek(out var top))
            {
                if (top.Next.MoveNext())
                {
                    var node = top.Next.Current;
                    if (!index.ContainsKey(node)) Enter(node);
                    else if (isOpen.Contains(node)) low[top.Node] = Math.Min(low[top.Node], index[node]);
                    continue;
                }

                path.Pop();
                if (path.TryPeek(out var parent)) low[parent.Node] = Math.Min(low[parent.Node], low[top.Node]);
                if (low[top.Node] == index[top.Node]) Close(top.Node);
            }

            void Enter(string node)
            {
                index[node] = low[node] = index.Count;
                open.Push(node);
                isOpen.Add(node);
                path.Push((node, next[node].GetEnumerator()));
            }
        }
        return rings;

        void Close(string node)
        {
            var ring = new List<string>();
            do
            {
                ring.Add(open.Pop());
                isOpen.Remove(ring[^1]);
            }
            while (ring[^1] != node);
            if (ring.Count > 1) rings.Add(ring);
        }
    }
}
