using System.Collections.Immutable;

namespace Sync;

/// <summary>A transaction as JSON, its members in canonical order; in a push its place in the queue stands among them.</summary>
internal static class TransactionJson
{
    // The instants that a DateTimeOffset can hold, so that an app may make one of any timestamp that came in.
    private static readonly long EarliestTimestamp = DateTimeOffset.MinValue.ToUnixTimeMilliseconds();
    private static readonly long LatestTimestamp = DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    public static void Write(FrameWriter to, Transaction transaction, long? seq = null)
    {
        to.Raw("{"u8);
        if (transaction.AuthorId is { } author)
        {
            to.Raw("\"authorId\":"u8);
            to.Text(author);
            to.Raw(","u8);
        }
        if (!transaction.BaseVersions.IsDefaultOrEmpty)
        {
            WriteBaseVersions(to, transaction.BaseVersions);
            to.Raw(","u8);
        }
        to.Raw("\"clientTimestamp\":"u8);
        to.Number(transaction.ClientTimestamp);
        to.Raw(","u8);
        WriteOperations(to, transaction.Operations);
        if (seq is { } place)
        {
            to.Raw(",\"seq\":"u8);
            to.Number(place);
        }
        to.Raw(",\"txId\":"u8);
        to.Text(transaction.TxId);
        to.Raw("}"u8);
    }

    /// <summary>What the content hash is made of: all that decides the outcome, nothing that does not.</summary>
    public static void WriteContent(FrameWriter to, Transaction transaction)
    {
        to.Raw("{"u8);
        if (!transaction.BaseVersions.IsDefaultOrEmpty)
        {
            WriteBaseVersions(to, transaction.BaseVersions);
            to.Raw(","u8);
        }
        WriteOperations(to, transaction.Operations);
        to.Raw("}"u8);
    }

    public static Transaction Read(CanonicalJson json, Intake intake) => new()
    {
        TxId = intake.Id(json, MemberName.TxId),
        AuthorId = intake.OptionalId(json, MemberName.AuthorId),
        ClientTimestamp = ReadTimestamp(json.Get(MemberName.ClientTimestamp), intake),
        BaseVersions = ReadBaseVersions(json.Get(MemberName.BaseVersions), intake),
        Operations = intake.RequiredList(json, MemberName.Operations, OperationJson.Read)!,
    };

    public static QueuedTransaction ReadQueued(CanonicalJson json, Intake intake) => new(intake.Whole(json, MemberName.Seq, least: 1), Read(json, intake));

    private static void WriteOperations(FrameWriter to, ImmutableArray<Operation> operations)
    {
        to.Raw("\"operations\":"u8);
        to.List(operations.AsSpan(), OperationJson.Write);
    }

    private static void WriteBaseVersions(FrameWriter to, ImmutableArray<BaseVersion> versions)
    {
        var sorted = versions.Sort(static (left, right) => CodePointOrder.Compare(left.Key, right.Key));
        to.Raw("\"baseVersions\":{"u8);
        for (var i = 0; i < sorted.Length; i++)
        {
            var key = sorted[i].Key;
            if (i > 0 && sorted[i - 1].Key == key) throw new ArgumentException($"{key} stands twice in the base versions.", nameof(versions));
            if (i > 0 && sorted[i - 1].Key.Table == key.Table)
            {
                to.Raw(","u8);
            }
            else
            {
                if (i > 0) to.Raw("},"u8);
                to.Text(key.Table);
                to.Raw(":{"u8);
            }
            to.Text(key.Id);
            to.Raw(":"u8);
            to.Number(sorted[i].Version);
        }
        to.Raw("}}"u8);
    }

    private static long ReadTimestamp(CanonicalJson json, Intake intake)
    {
        if (json.IsMissingOrNull) return 0;
        if (json.Kind != JsonKind.Number)
        {
            intake.Expected("'clientTimestamp'", "a number of milliseconds", json);
            return 0;
        }
        if (json.AsInt64() is { } whole) return Math.Clamp(whole, EarliestTimestamp, LatestTimestamp);
        return (long)Math.Clamp(json.AsDouble() ?? 0, EarliestTimestamp, LatestTimestamp);
    }

    private static ImmutableArray<BaseVersion> ReadBaseVersions(CanonicalJson json, Intake intake)
    {
        if (json.IsMissingOrNull) return [];
        if (json.Kind != JsonKind.Object) intake.Expected("'baseVersions'", "an object of tables", json);

        var versions = ImmutableArray.CreateBuilder<BaseVersion>();
        foreach (var (table, rows) in json.Members)
        {
            if (rows.Kind != JsonKind.Object) intake.Expected("A table in 'baseVersions'", "an object of versions by id", rows);
            foreach (var (id, version) in rows.Members)
            {
                intake.Refuse(IdRule.Check(id));
                if (version.AsInt64() is not (>= 0 and var number))
                {
                    intake.Refuse(ErrorCodes.BadMessage, $"A version in 'baseVersions' must be a whole number of at least 0, but {(version.Kind == JsonKind.Number ? "another number" : KindNames.Of(version.Kind))} came.");
                    return [];
                }
                versions.Add(new BaseVersion(new RecordKey(table, id), number));
            }
        }
        return versions.DrainToImmutable();
    }
}
