using System.Collections.Immutable;
using Sync.Client;

namespace Sync.Testing;

/// <summary>What storages keep, in few words.</summary>
internal static class Kept
{
    public static readonly DateTimeOffset Then = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);

    public static RecordKey Key(string id) => new("things", id);

    public static Record Record(string id, string fields = "{}", long version = 1) => new(Key(id), version, CanonicalJson.Parse(fields));

    public static StoredTransaction Queued(string clientId, long seq, string? label = null) =>
        new(new QueuePlace(clientId, seq), Transaction($"{clientId}-{seq}"), label);

    public static Transaction Transaction(string txId) => new()
    {
        TxId = txId,
        AuthorId = "ann",
        Operations = [new Operation.Set(Key("a"), FieldPath.Of("title"), CanonicalJson.From(txId))],
        ClientTimestamp = Then.ToUnixTimeMilliseconds(),
    };

    public static StoredRejection Rejection(string txId, int minutes = 0) =>
        new(Transaction(txId), Label: null, ErrorCodes.NotAllowed, "Not allowed.", 403, Then.AddMinutes(minutes));

    public static StoredSubscription Subscription(Query query) => new(query, Token: null, IsFollowing: true, Records: 0, Then);

    public static Query All { get; } = new() { Table = "things" };

    public static StorageBatch Enqueue(string clientId, params long[] seqs) =>
        new() { Queued = [.. seqs.Select(seq => Queued(clientId, seq))], LastSeq = seqs.Max() };

    public static StorageBatch Settle(string clientId, params long[] seqs) =>
        new() { Settled = [.. seqs.Select(seq => new QueuePlace(clientId, seq))] };

    public static StorageBatch Put(params ImmutableArray<Record> records) => new() { Puts = records };

    public static StoredUndoStep Step(long number, string content) => new(number, CanonicalJson.From(content));

    public static void ExpectSteps(StoredState state, params StoredUndoStep[] steps) => Expect.SameList(steps.Select(Shown), state.UndoSteps.Select(Shown), "the undo steps");

    private static string Shown(StoredUndoStep step) => $"{step.Number} {step.Content}";

    public static void ExpectQueue(StoredState state, params string[] places) =>
        Expect.SameList(places, state.Queue.Select(queued => $"{queued.Place.ClientId}-{queued.Place.Seq}"), "the queue");

    public static void ExpectSame(StoredTransaction expected, StoredTransaction came)
    {
        Expect.Same((expected.Place, expected.Label), (came.Place, came.Label), "a transaction's place and label");
        ExpectSame(expected.Transaction, came.Transaction);
    }

    public static void ExpectSame(Transaction expected, Transaction came) => Expect.Same(ProtocolCodec.ToJson(expected), ProtocolCodec.ToJson(came), "a transaction");

    public static async Task<T> ExpectThrowsAsync<T>(Func<ValueTask> act, string what) where T : Exception
    {
        try
        {
            await act();
        }
        catch (T expected)
        {
            return expected;
        }
        catch (Exception other) when (other is not OperationCanceledException)
        {
            throw new ConformanceException($"{what}: expected {typeof(T).Name}, but {other.GetType().Name} came: {other.Message}");
        }
        throw new ConformanceException($"{what}: expected {typeof(T).Name}, but nothing was thrown.");
    }
}
