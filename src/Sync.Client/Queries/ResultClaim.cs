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

    /// <summary>A message that has grown to this lists no further bucket: the others are divided, and come with answers of their own.</summary>
    private const int MaxBytes = 128 * 1024;

    /// <summary>What an entry takes beside its id.</summary>
    private const int EntryBytes = 70;

    private readonly Dictionary<BucketPath, List<Record>> _buckets = [];

    public ResultClaim(IReadOnlyCollection<Record> records)
    {
        Records = records;
        Digest = Digest.Of(records);
        _buckets[BucketPath.Root] = [.. records];
    }

    public IReadOnlyCollection<Record> Records { get; }
    public Digest Digest { get; }

    /// <summary>The one answer to a comparison, small enough for a message.</summary>
    public ClientMessage.Inventory Answer(ServerMessage.Compare compare)
    {
        var listed = ImmutableArray.CreateBuilder<BucketInventory>();
        var deeper = ImmutableArray.CreateBuilder<BucketPath>();
        if (compare.Buckets.IsEmpty) listed.Add(List(compare.Path, Bucket(compare.Path)));
        else Divide(compare, listed, deeper);
        return new ClientMessage.Inventory(compare.Sub, listed.DrainToImmutable(), deeper.DrainToImmutable());
    }

    private void Divide(ServerMessage.Compare compare, ImmutableArray<BucketInventory>.Builder listed, ImmutableArray<BucketPath>.Builder deeper)
    {
        var children = new List<Record>[BucketPath.Children];
        foreach (var record in Bucket(compare.Path)) (children[compare.Path.ChildOf(record.Id)] ??= []).Add(record);
        var bytes = 0L;
        for (var i = 0; i < compare.Buckets.Length; i++)
        {
            var (ours, theirs) = (children[i] ?? [], compare.Buckets[i]);
            if (Digest.Of(ours) == theirs) continue;
            var path = compare.Path.Child(i);
            _buckets[path] = ours;
            if (path.HasChildren && (bytes >= MaxBytes || Math.Max(ours.Count, theirs.Count) > MaxListed)) deeper.Add(path);
            else listed.Add(List(path, ours));
            if (deeper.Count == 0 || deeper[^1] != path) bytes += ours.Sum(record => (long)EntryBytes + record.Id.Length);
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
