using System.Collections.Immutable;

namespace Sync.Core.Tests;

/// <summary>At least one message of every case, with every property that it may have; by the name of its golden file.</summary>
internal static class SomeMessages
{
    private static readonly RecordKey Task2 = new("tasks", "task-2");

    public static readonly ImmutableArray<Operation> EveryOperation =
    [
        new Operation.Create(Some.Key, Some.Json("""{"title":"Write report","tags":["a"]}""")),
        new Operation.Create(Task2, CanonicalJson.EmptyObject),
        new Operation.Set(Some.Key, FieldPath.Of("title"), Some.Json("\"Tab\\tand \\\"quote\\\"\"")),
        new Operation.Set(Some.Key, FieldPath.Of("meta", "color"), CanonicalJson.Null, new Condition.ValueIs(Some.Json("\"red\""))),
        new Operation.Set(Some.Key, FieldPath.Of("with.dot", "x"), CanonicalJson.True, Condition.Absent.Instance),
        new Operation.Unset(Some.Key, FieldPath.Of("title")),
        new Operation.Unset(Some.Key, FieldPath.Of("title"), new Condition.VersionIs(7)),
        new Operation.SetNow(Some.Key, FieldPath.Of("updatedAt")),
        new Operation.ListInsert(Some.Key, FieldPath.Of("tags"), Some.Json("\"x\""), ListPosition.AtStart),
        new Operation.ListInsert(Some.Key, FieldPath.Of("tags"), Some.Json("\"x\""), ListPosition.AtEnd),
        new Operation.ListInsert(Some.Key, FieldPath.Of("tags"), Some.Json("\"x\""), new ListPosition.Before(Some.Json("null"))),
        new Operation.ListInsert(Some.Key, FieldPath.Of("tags"), Some.Json("\"x\""), new ListPosition.After(Some.Json("{\"a\":1}"))),
        new Operation.ListRemove(Some.Key, FieldPath.Of("tags"), Some.Json("\"x\"")),
        new Operation.Delete(Some.Key),
        new Operation.Delete(Some.Key, new Condition.VersionIs(3)),
        new Operation.Restore(Some.Key),
    ];

    public static readonly Transaction Transaction = new()
    {
        TxId = "tx-1",
        AuthorId = "alice",
        ClientTimestamp = 1_700_000_000_000,
        Operations = EveryOperation,
        BaseVersions = [new(Some.Key, 3), new(Task2, 0), new(new("users", "bob"), 1)],
    };

    public static readonly Query Query = new()
    {
        Table = "tasks",
        Where =
        [
            new QueryCondition.AnyOf(FieldPath.Of("status"), [Some.Json("\"done\""), Some.Json("\"todo\"")]),
            new QueryCondition.Contains(FieldPath.Of("tags"), Some.Json("\"x\"")),
            new QueryCondition.GreaterThan(FieldPath.Of("orderIndex"), Some.Json("1"), OrEqual: false),
            new QueryCondition.GreaterThan(FieldPath.Of("orderIndex"), Some.Json("2"), OrEqual: true),
            new QueryCondition.LessThan(FieldPath.Of("orderIndex"), Some.Json("8"), OrEqual: true),
            new QueryCondition.LessThan(FieldPath.Of("orderIndex"), Some.Json("9"), OrEqual: false),
            new QueryCondition.EqualTo(FieldPath.Of("workspaceId"), Some.Json("\"demo\"")),
        ],
        OrderBy = [new(FieldPath.Of("dueDate"), Descending: true), new(FieldPath.Of("with.dot", "x"))],
        Limit = 50,
    };

    public static readonly Receipt Accepted = new()
    {
        TxId = "tx-1",
        AuthorId = "alice",
        IsAccepted = true,
        Now = Some.Now.AddTicks(1_234_560),
        Versions = [new(Some.Key, 0, 1), new(Task2, 4, 6)],
        FailedConditions = [0, 3],
    };

    public static readonly Receipt Rejected = new()
    {
        TxId = "tx-2",
        AuthorId = "alice",
        IsAccepted = false,
        Code = ErrorCodes.NotAllowed,
        Message = "Only the owner may rename a workspace.",
        Status = 403,
    };

    private static readonly ImmutableArray<Record> Records =
    [
        new(Some.Key, 3, Some.Json("""{"title":"Write report","tags":["a","ü"],"orderIndex":1.5}""")),
        new(Task2, 1, CanonicalJson.EmptyObject),
        new(new("users", "bob"), 12, Some.Json("""{"name":"Bob \"the\" builder"}""")),
    ];

    private static readonly UInt128 Bits = new(0x0123_4567_89AB_CDEF, 0xFEDC_BA98_7654_3210);

    public static readonly ImmutableArray<(string Name, ClientMessage Message)> OfClient =
    [
        ("client-hello", new ClientMessage.Hello(1, "client-1")),
        ("client-subscribe", new ClientMessage.Subscribe(new(7), Query)),
        ("client-hello-again", new ClientMessage.Hello(1, "client-1", new("b3BhcXVl"), ["br", "gzip"])),
        ("client-subscribe-again", new ClientMessage.Subscribe(new(8), Query.ForRecord(Some.Key), new("b3BhcXVl"), new Digest(12, Bits))),
        ("client-subscribe-holding-nothing", new ClientMessage.Subscribe(new(9), Query, Claim: Digest.Empty)),
        ("client-inventory", new ClientMessage.Inventory(
            new(8),
            [new(BucketPath.Root.Child(0), [new("task-1", 3, new(Bits)), new("task-2", 1, new(UInt128.MaxValue))]), new(BucketPath.Root.Child(63), [])],
            [BucketPath.Root.Child(1), BucketPath.Root.Child(2).Child(62)])),
        ("client-unsubscribe", new ClientMessage.Unsubscribe(new(7))),
        ("client-push", new ClientMessage.Push([new(1, Transaction), new(3, new() { TxId = "tx-3", Operations = [new Operation.Restore(Some.Key)] })])),
        ("client-push-adopted", new ClientMessage.Push([new(7, new() { TxId = "tx-7", Operations = [new Operation.Restore(Some.Key)] })], "client-0")),
        ("client-ping", ClientMessage.Ping.Instance),
    ];

    public static readonly ImmutableArray<(string Name, ServerMessage Message)> OfServer =
    [
        ("server-welcome", new ServerMessage.Welcome(1, "alice", TimeSpan.FromSeconds(15), 262_144)),
        ("server-welcome-other-history", new ServerMessage.Welcome(1, "alice", TimeSpan.FromSeconds(15), 262_144, IsOtherHistory: true)),
        ("server-compare", new ServerMessage.Compare(new(8), BucketPath.Root.Child(1), [.. Enumerable.Range(0, BucketPath.Children).Select(i => i % 16 == 3 ? new Digest(i, Bits + (uint)i) : Digest.Empty)])),
        ("server-compare-all", new ServerMessage.Compare(new(8), BucketPath.Root, [])),
        ("server-part", new ServerMessage.Part(new(7), Records)),
        ("server-checkpoint", new ServerMessage.Checkpoint(
            new("b3BhcXVl"),
            Records,
            [new(new(7), ["task-1", "task-2"], ["task-9"], IsLoaded: true), new(new(8), [], ["task-1"])],
            [new(1, Accepted, [Some.Key], [Task2]), new(2, Rejected, [], [])])),
        ("server-checkpoint-kept", new ServerMessage.Checkpoint(
            new("b3BhcXVl"),
            [Records[0]],
            [new(new(7), [], [], IsLoaded: true, IsKept: true), new(new(8), ["task-1"], ["task-2"], IsLoaded: true, IsKept: true, Digest: new(1, Bits)), new(new(9), [], [], Digest: Digest.Empty)],
            [])),
        ("server-checkpoint-empty", new ServerMessage.Checkpoint(Token.None, [], [], [])),
        ("server-retry", new ServerMessage.Retry(4, ErrorCodes.Busy, TimeSpan.FromMilliseconds(250))),
        ("server-retry-adopted", new ServerMessage.Retry(4, ErrorCodes.Busy, TimeSpan.FromMilliseconds(250), "client-0")),
        ("server-error", new ServerMessage.Error(ErrorCodes.UnknownMessage, "'shout' is no message of a client.")),
        ("server-error-of-subscription", new ServerMessage.Error(ErrorCodes.QueryNotIndexed, "Name an indexed field.", new(7))),
        ("server-ping", ServerMessage.Ping.Instance),
        ("server-drain", new ServerMessage.Drain(TimeSpan.FromSeconds(2))),
    ];
}
