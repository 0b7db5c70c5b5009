namespace TaskApp.Model;

/// <summary>Where a task stands in its column: whole numbers with wide gaps, so that a move mostly writes one task.</summary>
public static class TaskOrder
{
    public const int Gap = 1000;

    /// <summary>The number of a task that goes to the end.</summary>
    public static int Last(IReadOnlyList<TaskItem> column) => column.Count == 0 ? Gap : (int)Math.Min((long)column[^1].OrderIndex + Gap, int.MaxValue);

    /// <summary>
    /// The numbers to write so that a task stands at <paramref name="index"/>: its own, and where there is no gap left also those of the neighbours
    /// that make room for it, as few as will do.
    /// </summary>
    /// <param name="column">The tasks of the column in order, without the one that is placed.</param>
    public static IReadOnlyList<(string Id, int OrderIndex)> Place(string id, IReadOnlyList<TaskItem> column, int index)
    {
        for (var reach = 0; ; reach++)
        {
            var first = Math.Max(0, index - reach);
            var end = Math.Min(column.Count, index + reach);
            var below = first > 0 ? column[first - 1].OrderIndex : Before(column);
            var above = end < column.Count ? column[end].OrderIndex : After(column);
            var places = end - first + 1;
            if (above - below <= places && places <= column.Count) continue;

            string[] ids = [.. Ids(column, first, index), id, .. Ids(column, index, end)];
            return [.. ids.Select((each, i) => (each, (int)(below + (above - below) * (i + 1) / (places + 1))))];
        }
    }

    private static IEnumerable<string> Ids(IReadOnlyList<TaskItem> column, int from, int to) => column.Take(to).Skip(from).Select(t => t.Id);

    /// <summary>Bounds beyond the ends, so that a task at an end is a whole gap away from its neighbour.</summary>
    private static long Before(IReadOnlyList<TaskItem> column) => column.Count == 0 ? 0 : Math.Max(column[0].OrderIndex - 2L * Gap, int.MinValue);

    private static long After(IReadOnlyList<TaskItem> column) => column.Count == 0 ? 2 * Gap : Math.Min(column[^1].OrderIndex + 2L * Gap, int.MaxValue);
}
