namespace Sync;

/// <summary>
/// Lists that are ordered sets of scalars, changed by taking out and putting in, so that two people who add both keep theirs.
/// The longest run of elements that keep their order stays untouched; each other one is put behind its left neighbour, from the left.
/// </summary>
internal static class ListDiff
{
    /// <summary>Null where either list is no set of scalars.</summary>
    public static List<Operation>? TryOf(RecordKey key, FieldPath path, CanonicalJson before, CanonicalJson after)
    {
        if (!before.IsMissingOrNull && before.Kind != JsonKind.List) return null;
        if (!TrySet(before, out var old) || !TrySet(after, out var wanted)) return null;
        if (before.IsMissingOrNull && wanted.Count == 0) return null;

        var steps = new List<Operation>();
        var keep = new HashSet<CanonicalJson>(wanted);
        foreach (var element in old)
            if (!keep.Contains(element)) steps.Add(new Operation.ListRemove(key, path, element));

        var still = Unmoved(old, wanted);
        for (var i = 0; i < wanted.Count; i++)
        {
            if (still.Contains(wanted[i])) continue;
            var position = i == 0 ? ListPosition.AtStart : new ListPosition.After(wanted[i - 1]);
            steps.Add(new Operation.ListInsert(key, path, wanted[i], position));
        }

        return steps;
    }

    private static bool TrySet(CanonicalJson list, out List<CanonicalJson> elements)
    {
        elements = [.. list.Elements];
        return elements.TrueForAll(element => element.Kind is not (JsonKind.List or JsonKind.Object)) && elements.Distinct().Count() == elements.Count;
    }

    /// <summary>The longest increasing subsequence of old places, by patience sorting.</summary>
    private static HashSet<CanonicalJson> Unmoved(List<CanonicalJson> old, List<CanonicalJson> wanted)
    {
        var places = new Dictionary<CanonicalJson, int>(old.Count);
        for (var i = 0; i < old.Count; i++) places[old[i]] = i;

        var common = wanted.Where(places.ContainsKey).ToList();
        var previous = new int[common.Count];
        var ends = new List<int>(); // ends[n]: index in common of the smallest end of a run of n + 1
        for (var i = 0; i < common.Count; i++)
        {
            var place = places[common[i]];
            var (low, high) = (0, ends.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (places[common[ends[middle]]] < place) low = middle + 1;
                else high = middle;
            }

            previous[i] = low == 0 ? -1 : ends[low - 1];
            if (low == ends.Count) ends.Add(i);
            else ends[low] = i;
        }

        var unmoved = new HashSet<CanonicalJson>();
        for (var i = ends.Count == 0 ? -1 : ends[^1]; i >= 0; i = previous[i]) unmoved.Add(common[i]);
        return unmoved;
    }
}
