using System.Collections.Immutable;

namespace Sync;

/// <summary>Digests, buckets and inventories as JSON.</summary>
internal static class DigestJson
{
    /// <summary>Two members of the object that is being written: <c>"count":n,"digest":"…"</c>.</summary>
    public static void WriteMembers(FrameWriter to, Digest digest)
    {
        to.Raw("\"count\":"u8);
        to.Number(digest.Count);
        to.Raw(",\"digest\":"u8);
        to.Text(digest.SumText);
    }

    /// <summary>Both members or neither.</summary>
    public static Digest? ReadMembers(CanonicalJson of, Intake intake)
    {
        if (of.Get(MemberName.Count).IsMissingOrNull && of.Get(MemberName.Digest).IsMissingOrNull) return null;
        var count = intake.Whole(of, MemberName.Count);
        return new Digest(count, Sum(of.Get(MemberName.Digest), intake));
    }

    /// <summary>Two lists side by side: <c>"counts":[n,…],"digests":["…",…]</c>, of an empty bucket 0 and "".</summary>
    public static void WriteBuckets(FrameWriter to, ImmutableArray<Digest> buckets)
    {
        to.Raw(",\"counts\":"u8);
        to.List(buckets.AsSpan(), static (w, digest) => w.Number(digest.Count));
        to.Raw(",\"digests\":"u8);
        to.List(buckets.AsSpan(), static (w, digest) => w.Text(digest.IsEmpty ? "" : digest.SumText));
    }

    /// <summary>One digest a child of the bucket, or none at all.</summary>
    public static ImmutableArray<Digest> ReadBuckets(CanonicalJson of, Intake intake)
    {
        var counts = intake.List(of, MemberName.Counts, static (json, taking) => taking.WholeOf(json, MemberName.Counts), JsonKind.Number);
        var sums = intake.List(of, MemberName.Digests, static (json, taking) => json.AsString() is "" ? UInt128.Zero : Sum(json, taking), JsonKind.String);
        if (!intake.IsSound) return [];
        if (counts.Length != sums.Length || counts.Length is not (0 or BucketPath.Children))
        {
            intake.Refuse(ErrorCodes.BadMessage, $"'counts' and 'digests' must both have {BucketPath.Children} elements, or none.");
            return [];
        }
        return [.. counts.Select((count, i) => new Digest(count, sums[i]))];
    }

    public static void WriteInventory(FrameWriter to, BucketInventory bucket)
    {
        to.Raw("{\"path\":"u8);
        to.Text(bucket.Path.ToString());
        to.Raw(",\"entries\":"u8);
        to.List(bucket.Entries.AsSpan(), WriteEntry);
        to.Raw("}"u8);
    }

    public static BucketInventory ReadInventory(CanonicalJson json, Intake intake) => new(Path(json.Get(MemberName.Path), intake), intake.List(json, MemberName.Entries, ReadEntry));

    public static BucketPath Path(CanonicalJson json, Intake intake)
    {
        if (BucketPath.TryParse(json.AsString(), out var path)) return path;
        intake.Refuse(ErrorCodes.BadMessage, $"A bucket is named by at most {BucketPath.MaxLevel} characters of base64url.");
        return BucketPath.Root;
    }

    private static void WriteEntry(FrameWriter to, InventoryEntry entry)
    {
        to.Raw("{\"id\":"u8);
        to.Text(entry.Id);
        to.Raw(",\"version\":"u8);
        to.Number(entry.Version);
        to.Raw(",\"hash\":"u8);
        to.Text(entry.Hash.ToString());
        to.Raw("}"u8);
    }

    private static InventoryEntry ReadEntry(CanonicalJson json, Intake intake) =>
        new(intake.Id(json, MemberName.Id), intake.Whole(json, MemberName.Version, least: 1), new RecordHash(Bits(json.Get(MemberName.Hash), MemberName.Hash, intake)));

    private static UInt128 Sum(CanonicalJson json, Intake intake) => Bits(json, MemberName.Digest, intake);

    private static UInt128 Bits(CanonicalJson json, MemberName name, Intake intake)
    {
        if (!RecordHash.TryParseBits(json.AsString(), out var bits)) intake.Refuse(ErrorCodes.BadMessage, $"'{name}' must be {RecordHash.Characters} characters of base64url.");
        return bits;
    }
}
