namespace Sync;

/// <summary>
/// What a set of records is, in 24 bytes: how many, and the sum of their hashes modulo 2^128. The order plays no part, and a record is put in or taken out
/// without looking at the others. Why this hash and this sum: docs/decisions/0003.
/// </summary>
internal readonly record struct Digest(long Count, UInt128 Sum)
{
    public static Digest Empty => default;

    public static Digest Of(IEnumerable<Record> records)
    {
        var digest = Empty;
        foreach (var record in records) digest = digest.Add(record);
        return digest;
    }

    public bool IsEmpty => this == Empty;

    public Digest Add(Record record) => Add(RecordHash.Of(record));
    public Digest Remove(Record record) => Remove(RecordHash.Of(record));
    public Digest Add(RecordHash hash) => new(Count + 1, unchecked(Sum + hash.Value));
    public Digest Remove(RecordHash hash) => new(Count - 1, unchecked(Sum - hash.Value));

    /// <summary>The sum as it travels, beside the count: 22 characters of base64url.</summary>
    public string SumText => RecordHash.TextOf(Sum);

    public override string ToString() => $"{Count}:{SumText}";
}
