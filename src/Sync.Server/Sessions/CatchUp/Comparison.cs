using System.Diagnostics.CodeAnalysis;

namespace Sync.Server;

/// <summary>
/// Finds out what a client holds of a result that it claims wrongly, bucket by bucket. The result that is compared is frozen; what changes in it meanwhile is held back
/// and comes in when the comparison is over, so that both ends talk of one state. Belongs to the session's hearing loop, but for what is held back: that is the outbox's.
/// </summary>
internal sealed class Comparison(Subscription subscription, HashedRows rows, long claimed)
{
    /// <summary>A bucket with more records, on either end, is better divided than told.</summary>
    public const int MaxRecordsPerInventory = 64;

    /// <summary>Compares that wait for their answer at one time.</summary>
    private const int MaxAtOnce = 16;

    /// <summary>A hundred thousand records take some 65; a client that wants this many comes to no end.</summary>
    private const int MaxCompares = 1024;

    private const int EntryBytes = 100;

    private readonly Queue<Asked> _asked = [];
    private readonly Queue<BucketPath> _toDivide = [];
    private readonly HashSet<BucketPath> _told = [];
    private readonly Dictionary<string, RecordHash> _held = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Record?> _live = new(StringComparer.Ordinal);
    private int _compares;

    /// <summary>The bucket itself, or, divided, its children.</summary>
    private readonly record struct Asked(BucketPath Path, bool IsDivided);

    public Subscription Subscription => subscription;
    public bool IsDone => _asked.Count == 0 && _toDivide.Count == 0;

    /// <summary>Called once, before anything is heard.</summary>
    public ServerMessage.Compare Begin() => Ask(new Asked(BucketPath.Root, Math.Max(rows.Count, claimed) > MaxRecordsPerInventory));

    /// <summary>Takes an answer to the oldest question that has none. False: it answers nothing that was asked, or there is no end to it.</summary>
    public bool TryHear(ClientMessage.Inventory inventory, out IReadOnlyList<ServerMessage.Compare> next, [NotNullWhen(false)] out ApplyError? error)
    {
        next = [];
        error = Take(inventory);
        if (error is not null) return false;
        var compares = new List<ServerMessage.Compare>();
        while (_asked.Count < MaxAtOnce && _toDivide.TryDequeue(out var path))
        {
            if (_compares == MaxCompares)
            {
                error = new ApplyError(ErrorCodes.BadInventory, $"More than {MaxCompares} buckets were to be divided.");
                return false;
            }
            compares.Add(Ask(new Asked(path, true)));
        }
        next = compares;
        return true;
    }

    /// <summary>Bytes, more or less, that wait for the end of the comparison. Under the outbox's gate.</summary>
    public long HeldBytes { get; private set; }

    /// <summary>A change of the result that waits for the end of the comparison. Under the outbox's gate.</summary>
    public void Hold(RowChange row)
    {
        HeldBytes += SizeOf(row.Record) - (_live.TryGetValue(row.Id, out var former) ? SizeOf(former) : 0);
        _live[row.Id] = row.Record;
    }

    /// <summary>What makes the result, as it is by now, of what the client holds. Under the outbox's gate, when it is done.</summary>
    public IReadOnlyList<RowChange> Difference()
    {
        var difference = new List<RowChange>();
        foreach (var path in _told)
        {
            foreach (var row in rows.In(path)) Compare(row.Record.Id, row, HeldOf(row.Record.Id), difference);
        }
        foreach (var (id, hash) in _held)
        {
            if (rows.Find(id) is null) Compare(id, null, hash, difference);
        }
        foreach (var id in _live.Keys)
        {
            var frozen = rows.Find(id);
            if (!IsTold(id)) Compare(id, frozen, frozen?.Hash, difference);
            else if (frozen is null && !_held.ContainsKey(id)) Compare(id, null, null, difference);
        }
        return difference;
    }

    private void Compare(string id, HashedRow? frozen, RecordHash? held, List<RowChange> difference)
    {
        var isLive = _live.TryGetValue(id, out var record);
        if (!isLive) record = frozen?.Record;
        if (record is null && held is not null) difference.Add(new RowChange(id, null, IsNew: false));
        if (record is not null && held != (isLive ? RecordHash.Of(record) : frozen!.Value.Hash)) difference.Add(new RowChange(id, record, IsNew: held is null));
    }

    private static long SizeOf(Record? record) => EntryBytes + (record?.Fields.Utf8.Length ?? 0);

    private RecordHash? HeldOf(string id) => _held.TryGetValue(id, out var hash) ? hash : null;

    // In a bucket that was not told the client holds what we hold.
    private bool IsTold(string id)
    {
        var path = BucketPath.Root;
        while (!_told.Contains(path))
        {
            if (!path.HasChildren) return false;
            path = path.Child(path.ChildOf(id));
        }
        return true;
    }

    private ServerMessage.Compare Ask(Asked asked)
    {
        _asked.Enqueue(asked);
        _compares++;
        return new(subscription.Id, asked.Path, asked.IsDivided ? rows.DigestsOfChildren(asked.Path) : []);
    }

    private ApplyError? Take(ClientMessage.Inventory inventory)
    {
        if (!_asked.TryDequeue(out var asked)) return Bad("No inventory was asked for.");
        if (!asked.IsDivided && inventory.Buckets.Length + inventory.Deeper.Length != 1) return Bad("The whole bucket was asked for, and nothing else.");
        var answered = new HashSet<BucketPath>();
        foreach (var bucket in inventory.Buckets)
        {
            if (!Belongs(bucket.Path) || !_told.Add(bucket.Path)) return Bad($"The bucket '{bucket.Path}' was not asked for.");
            foreach (var entry in bucket.Entries)
            {
                if (!bucket.Path.Contains(entry.Id)) return Bad($"An entry does not belong to the bucket '{bucket.Path}'.");
                if (!_held.TryAdd(entry.Id, entry.Hash)) return Bad($"An entry stands twice in the bucket '{bucket.Path}'.");
            }
        }
        foreach (var path in inventory.Deeper)
        {
            if (!Belongs(path) || !path.HasChildren) return Bad($"The bucket '{path}' can't be divided.");
            _toDivide.Enqueue(path);
        }
        return _held.Count <= SubscriptionLoader.MaxRows ? null : Bad($"A subscription has at most {SubscriptionLoader.MaxRows} records.");

        bool Belongs(BucketPath path) => (asked.IsDivided ? path.Level > 0 && path.Parent == asked.Path : path == asked.Path) && answered.Add(path);
    }

    private static ApplyError Bad(string message) => new(ErrorCodes.BadInventory, message);
}
