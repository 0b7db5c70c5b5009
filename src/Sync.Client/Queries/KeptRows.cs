namespace Sync.Client;

/// <summary>The most ids that can stay where they are when one order of them becomes another: a longest increasing run of their old places.</summary>
internal static class KeptRows
{
    public static HashSet<string> Of(string[] before, string[] after)
    {
        var places = new Dictionary<string, int>(before.Length, StringComparer.Ordinal);
        for (var i = 0; i < before.Length; i++) places[before[i]] = i;

        // tails[k] is where the run of length k + 1 with the lowest last place ends; previous leads back along it.
        var tails = new List<int>();
        var previous = new int[after.Length];
        for (var i = 0; i < after.Length; i++)
        {
            if (!places.TryGetValue(after[i], out var place)) continue;
            var (low, high) = (0, tails.Count);
            while (low < high)
            {
                var middle = (low + high) / 2;
                if (places[after[tails[middle]]] < place) low = middle + 1;
                else high = middle;
            }
            previous[i] = low == 0 ? -1 : tails[low - 1];
            if (low == tails.Count) tails.Add(i);
            else tails[low] = i;
        }
        var kept = new HashSet<string>(StringComparer.Ordinal);
        for (var i = tails.Count == 0 ? -1 : tails[^1]; i >= 0; i = previous[i]) kept.Add(after[i]);
        return kept;
    }
}
