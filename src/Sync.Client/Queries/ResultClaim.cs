using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>
/// What this device says it holds of a query's result when it subscribes: the records as they were at that moment, whatever the stream brings since. The
/// server compares it with its own, bucket by bucket where the digests differ.
/// </summary>
internal sealed class ResultClaim
{
    /// <summary>Most records of a bucket that are told one by one instead of dividing the bucket.</summary>
    public const int MaxListed = 64;

    /// <summary>Most entries in one message.</summary>
    private const int MaxEntries = 512;

    private readonly Dictionary<BucketPath, List<Record>> _buckets = [];

    public ResultClaim(IReadOnlyCollection<Record> records)
    {
        Records = records;
        Digest = Digest.Of(records);
        _buckets[BucketPath.Root] = [.. records];
    }

    public IReadOnlyCollection<Record> Records { get; }
    public Digest Digest { get; }

    /// <summary>The answers to a comparison, each small enough for a message.</summary>
    public IEnumerable<ClientMessage.Inventory> Answer(ServerMessage.Compare compare)
    {
        var listed = new List<BucketInventory>();
        var deeper = new List<BucketPath>();
        if (compare.Buckets.IsEmpty) listed.Add(List(compare.Path, Bucket(compare.Path)));
        else Divide(compare, listed, deeper);

        var entries = 0;
        var part = ImmutableArray.CreateBuilder<BucketInventory>();
        foreach (var bucket in listed)
        {
            if (entries > 0 && entries + bucket.Entries.Length > MaxEntries)
            {
                yield return new ClientMessage.Inventory(compare.Sub, part.ToImmutable(), []);
                part.Clear();
                entries = 0;
            }
            part.Add(bucket);
            entries += bucket.Entries.Length;
        }
        if (part.Count > 0 || deeper.Count > 0) yield return new ClientMessage.Inventory(compare.Sub, part.ToImmutable(), [.. deeper]);
    }

    private void Divide(ServerMessage.Compare compare, List<BucketInventory> listed, List<BucketPath> deeper)
    {
        var children = new List<Record>[BucketPath.Children];
        foreach (var record in Bucket(compare.Path)) (children[compare.Path.ChildOf(record.Id)] ??= []).Add(record);
        for (var i = 0; i < compare.Buckets.Length; i++)
        {
            var (ours, theirs) = (children[i] ?? [], compare.Buckets[i]);
            if (Digest.Of(ours) == theirs) continue;
            var path = compare.Path.Child(i);
            _buckets[path] = ours;
            if (path.HasChildren && Math.Max(ours.Count, theirs.Count) > MaxListed) deeper.Add(path);
            else listed.Add(List(path, ours));
        }
    }

    private List<Record> Bucket(BucketPath path)
    {
        if (_buckets.TryGetValue(path, out var known)) return known;
        return _buckets[path] = [.. Records.Where(record => path.Contains(record.Id))];
    }

    private static BucketInventory List(BucketPath path, List<Record> records) =>
        new(path, [.. records.Select(record => new InventoryEntry(record.Id, record.Version, RecordHash.Of(record)))]);
}
