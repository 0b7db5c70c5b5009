using System.Collections.Immutable;

namespace Sync.Server;

/// <summary>
/// A subscription's whole result, or what the client lacks of it, on its way in bounded parts, beside the stream. A row is looked up when its part is sent, so that what changed or
/// left meanwhile goes as it is then.
/// </summary>
internal sealed class StagedRows
{
    private readonly Queue<string> _order = [];
    private readonly Dictionary<string, PendingRow> _unsent = new(StringComparer.Ordinal);

    public StagedRows(Subscription subscription, IReadOnlyList<Record> rows, Func<string, bool> isKnown, bool isKept)
    {
        Subscription = subscription;
        IsKept = isKept;
        foreach (var row in rows)
        {
            _order.Enqueue(row.Id);
            _unsent[row.Id] = new PendingRow(subscription, row.Id, row, isKnown(row.Id));
        }
    }

    public Subscription Subscription { get; }

    /// <summary>These are not the whole result, only what the client lacks of it.</summary>
    public bool IsKept { get; }

    public bool IsSent => _unsent.Count == 0;

    /// <summary>True where the row still waits here and now waits with this body.</summary>
    public bool TryPut(string id, Record record)
    {
        if (!_unsent.TryGetValue(id, out var row)) return false;
        _unsent[id] = row with { Record = record };
        return true;
    }

    /// <summary>True where the row still waited here and the client never had it: nothing need be said of it.</summary>
    public bool TryRetract(string id) => _unsent.Remove(id, out var row) && !row.IsKnown;

    /// <summary>True where the row waits here and the client never had it.</summary>
    public bool HoldsUnknown(string id) => _unsent.TryGetValue(id, out var row) && !row.IsKnown;

    public ImmutableArray<Record> TakePart(int maxRecords, int maxBytes)
    {
        var part = ImmutableArray.CreateBuilder<Record>(Math.Min(maxRecords, _unsent.Count));
        var bytes = 0;
        while (part.Count < maxRecords && bytes < maxBytes && _order.TryDequeue(out var id))
        {
            if (!_unsent.Remove(id, out var row)) continue;
            part.Add(row.Record!);
            bytes += row.Record!.Fields.Utf8.Length;
        }
        return part.DrainToImmutable();
    }
}
