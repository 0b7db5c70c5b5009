using System.Collections.Immutable;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace Sync.Core.Tests;

public sealed class ProtocolPropertyTests
{
    private static readonly Gen<string> Texts = Gen.OneOf(
        Gen.Elements("", "a", "tab\t", "\"", "\\", "ü", "😀", "\u0001", "\uffff", "line\n", "\u007f"),
        ArbMap.Default.GeneratorFor<NonNull<string>>().Select(s => new string([.. s.Get.Where(c => c != 0 && !char.IsSurrogate(c))])));

    private static readonly Gen<string> Ids = Texts.Select(t => new string([.. t.Where(c => !char.IsControl(c)).Take(60)])).Select(t => t.Length == 0 ? "id" : t);
    private static readonly Gen<RecordKey> Keys = from table in Gen.Elements("tasks", "users", "we\"ird") from id in Ids select new RecordKey(table, id);
    private static readonly Gen<long> Seqs = Gen.Choose(1, int.MaxValue).Select(n => (long)n * n);
    private static readonly Gen<SubscriptionId> Subs = Seqs.Select(n => new SubscriptionId(n));
    private static readonly Gen<TimeSpan> Spans = Gen.Choose(0, int.MaxValue).Select(n => TimeSpan.FromMilliseconds(n));
    private static readonly Gen<Token> Tokens = Gen.OneOf(Gen.Constant(Token.None), Ids.Select(t => new Token(t)));
    private static readonly Gen<string?> Maybe = Gen.OneOf(Gen.Constant<string?>(null), Texts.Select(t => (string?)t));

    private static readonly Gen<Transaction> Transactions =
        from txId in Ids
        from author in Gen.OneOf(Gen.Constant<string?>(null), Ids.Select(t => (string?)t))
        from timestamp in Gen.Choose(int.MinValue, int.MaxValue)
        from operations in Some.AnyOperations.ArrayOf()
        from bases in (from key in Keys from version in Gen.Choose(0, 9) select new BaseVersion(key, version)).ArrayOf()
        select new Transaction { TxId = txId, AuthorId = author, ClientTimestamp = timestamp * 20L, Operations = [.. operations], BaseVersions = [.. bases.DistinctBy(b => b.Key)] };

    private static readonly Gen<QueryCondition> Conditions =
        from kind in Gen.Choose(0, 6)
        from path in Some.Paths
        from value in Some.Values
        from values in Some.Scalars.ArrayOf()
        from scalar in Some.Scalars
        select (QueryCondition)(kind switch
        {
            0 => new QueryCondition.EqualTo(path, value),
            1 => new QueryCondition.AnyOf(path, [.. values]),
            2 => new QueryCondition.LessThan(path, scalar, OrEqual: false),
            3 => new QueryCondition.LessThan(path, scalar, OrEqual: true),
            4 => new QueryCondition.GreaterThan(path, scalar, OrEqual: false),
            5 => new QueryCondition.GreaterThan(path, scalar, OrEqual: true),
            _ => new QueryCondition.Contains(path, value),
        });

    private static readonly Gen<Query> Queries =
        from table in Texts
        from conditions in Conditions.ArrayOf()
        from paths in Some.Paths.ArrayOf()
        from isDown in Gen.Elements(true, false)
        from limit in Gen.Choose(0, 100)
        select new Query
        {
            Table = table,
            Where = [.. conditions.Take(Query.MaxConditions)],
            OrderBy = [.. paths.Take(Query.MaxSortFields).Select(p => new SortField(p, isDown))],
            Limit = limit == 0 ? null : limit,
        };

    private static readonly Gen<Receipt> Receipts =
        from txId in Ids
        from author in Ids
        from isAccepted in Gen.Elements(true, false)
        from seconds in Gen.Choose(0, int.MaxValue)
        from micros in Gen.Choose(0, 999_999)
        from steps in (from key in Keys from before in Gen.Choose(0, 9) from after in Gen.Choose(0, 9) select new VersionStep(key, before, after)).ArrayOf()
        from failed in Gen.Choose(0, 1000).ArrayOf()
        from code in Maybe
        from message in Maybe
        from status in Gen.Choose(200, 599)
        select new Receipt
        {
            TxId = txId,
            AuthorId = author,
            IsAccepted = isAccepted,
            Now = DateTimeOffset.UnixEpoch.AddSeconds(seconds).AddMicroseconds(micros),
            Versions = [.. steps],
            FailedConditions = [.. failed],
            Code = code,
            Message = message,
            Status = status,
        };

    private static readonly Gen<ImmutableArray<Record>> RecordLists =
        (from key in Keys from version in Seqs from fields in Some.Records select new Record(key, version, fields?.Fields ?? CanonicalJson.EmptyObject)).ArrayOf()
        .Select(records => records.DistinctBy(r => r.Key).OrderBy(r => r.Key).ToImmutableArray());

    private static readonly Gen<string?> MaybeId = Gen.OneOf(Gen.Constant<string?>(null), Ids.Select(t => (string?)t));
    private static readonly Gen<UInt128> Bits = from high in ArbMap.Default.GeneratorFor<ulong>() from low in ArbMap.Default.GeneratorFor<ulong>() select new UInt128(high, low);
    private static readonly Gen<Digest> Digests = from count in Gen.Choose(1, int.MaxValue) from sum in Bits select new Digest(count, sum);
    private static readonly Gen<Digest?> Claims = Gen.OneOf(Gen.Constant<Digest?>(null), Gen.Constant<Digest?>(Digest.Empty), Digests.Select(d => (Digest?)d));
    private static readonly Gen<BucketPath> Paths = Gen.Choose(0, BucketPath.Children - 1).ArrayOf().Select(way => way.Take(BucketPath.MaxLevel).Aggregate(BucketPath.Root, (path, i) => path.Child(i)));

    private static readonly Gen<BucketInventory> Inventories =
        from path in Paths
        from entries in (from id in Ids from version in Gen.Choose(1, int.MaxValue) from hash in Bits select new InventoryEntry(id, version, new RecordHash(hash))).ArrayOf()
        select new BucketInventory(path, [.. entries]);

    private static readonly Gen<ClientMessage> ClientMessages = Gen.OneOf(
        from protocol in Gen.Choose(0, int.MaxValue) from client in Ids from token in Tokens from formats in Texts.ArrayOf() select (ClientMessage)new ClientMessage.Hello(protocol, client, token, [.. formats]),
        from sub in Subs from query in Queries from token in Tokens from claim in Claims select (ClientMessage)new ClientMessage.Subscribe(sub, query, token, claim),
        from sub in Subs from buckets in Inventories.ArrayOf() from deeper in Paths.ArrayOf() select (ClientMessage)new ClientMessage.Inventory(sub, [.. buckets], [.. deeper]),
        Subs.Select(sub => (ClientMessage)new ClientMessage.Unsubscribe(sub)),
        from all in (from seq in Seqs from transaction in Transactions select new QueuedTransaction(seq, transaction)).ArrayOf() from client in MaybeId
        select (ClientMessage)new ClientMessage.Push([.. all], client),
        Gen.Constant((ClientMessage)ClientMessage.Ping.Instance));

    private static readonly Gen<SubscriptionDelta> Deltas =
        from sub in Subs
        from come in Ids.ArrayOf()
        from gone in Ids.ArrayOf()
        from isLoaded in Gen.Elements(true, false)
        from isKept in Gen.Elements(true, false)
        from digest in Claims
        select new SubscriptionDelta(sub, [.. come], [.. gone], isLoaded, isKept, digest);

    private static readonly Gen<ServerMessage> ServerMessages = Gen.OneOf(
        from protocol in Gen.Choose(0, int.MaxValue) from user in Ids from beat in Spans from bytes in Gen.Choose(0, int.MaxValue) from isOther in Gen.Elements(true, false)
        select (ServerMessage)new ServerMessage.Welcome(protocol, user, beat, bytes, isOther),
        from sub in Subs from path in Paths from digests in Gen.OneOf(Digests, Gen.Constant(Digest.Empty)).ArrayOf(BucketPath.Children) from isAll in Gen.Elements(true, false)
        select (ServerMessage)new ServerMessage.Compare(sub, path, isAll ? [] : [.. digests]),
        from sub in Subs from records in RecordLists select (ServerMessage)new ServerMessage.Part(sub, records),
        from token in Tokens
        from records in RecordLists
        from deltas in Deltas.ArrayOf()
        from receipts in (from seq in Seqs from receipt in Receipts from held in Keys.ArrayOf() from gone in Keys.ArrayOf() select new ReceiptDelivery(seq, receipt, [.. held], [.. gone])).ArrayOf()
        select (ServerMessage)new ServerMessage.Checkpoint(token, records, [.. deltas], [.. receipts]),
        from seq in Seqs from code in Texts from after in Spans from client in MaybeId select (ServerMessage)new ServerMessage.Retry(seq, code, after, client),
        from code in Texts from message in Texts from sub in Gen.OneOf(Gen.Constant(default(SubscriptionId)), Subs) select (ServerMessage)new ServerMessage.Error(code, message, sub),
        Gen.Constant((ServerMessage)ServerMessage.Ping.Instance),
        Spans.Select(after => (ServerMessage)new ServerMessage.Drain(after)));

    [Test]
    public void Any_message_of_a_client_comes_back_as_it_was_written() =>
        Check(ClientMessages, message => Shape.Of(Sorted(Frames.ReadClient(Frames.Of(message)))) == Shape.Of(Sorted(message)));

    [Test]
    public void Any_message_of_a_server_comes_back_as_it_was_written() =>
        Check(ServerMessages, message => Shape.Of(Frames.ReadServer(Frames.Of(message))) == Shape.Of(Sorted(message)));

    [Test]
    public void What_is_called_canonical_is()
    {
        Check(Transactions, transaction => IsCanonical(ProtocolCodec.ToJson(transaction)));
        Check(Queries, query => IsCanonical(ProtocolCodec.ToJson(query)));
        Check(Receipts, receipt => IsCanonical(ProtocolCodec.ToJson(receipt)));
        Check(Some.Paths, path => IsCanonical(path.ToJson()));
    }

    [Test]
    public void Any_bytes_give_a_message_or_a_fault() => Check(ArbMap.Default.GeneratorFor<byte[]>(), IsTotal, 5000);

    [Test]
    public void A_frame_that_was_tampered_with_gives_a_message_or_a_fault()
    {
        var frames = Gen.OneOf(
            ClientMessages.Select(m => Frames.Of(m)),
            ServerMessages.Select(m => Frames.Of(m)),
            from message in ServerMessages from format in Gen.Elements(FrameFormat.Gzip, FrameFormat.Brotli) select FrameFormats.Wrap(Frames.Of(message), format).ToArray());
        var tampered =
            from frame in frames
            from at in Gen.Choose(0, frame.Length - 1)
            from how in Gen.Choose(0, 3)
            from piece in Gen.Elements("\"", "{", "}", "[", "]", ",", ":", "null", "-1", "1e999", "\\", "\\u0000", "\"type\":", "\uffff", "0", "true").Select(Encoding.UTF8.GetBytes)
            select how switch
            {
                0 => frame[..at],
                1 => [.. frame[..at], .. frame[(at + 1)..]],
                2 => [.. frame[..at], .. piece, .. frame[at..]],
                _ => (byte[])[.. frame[..at], .. piece, .. frame[(at + 1)..]],
            };

        Check(tampered, IsTotal, 5000);
    }

    [Test]
    public void A_message_of_arbitrary_values_gives_a_message_or_a_fault()
    {
        string[] names = ["type", "sub", "query", "transactions", "operations", "txId", "seq", "table", "id", "key", "value", "if", "position", "records", "subs", "receipts", "where", "field", "op", "protocol", "clientId", "baseVersions", "token", "count", "digest", "counts", "digests", "buckets", "deeper", "path", "entries", "hash"];
        var values = Gen.OneOf(Some.Values, Gen.Elements("hello", "subscribe", "push", "set", "checkpoint", "part", "eq", "append").Select(t => CanonicalJson.From(t)), Gen.Constant(SomeMessages.Query.Key));
        var objects =
            from members in (from name in Gen.Elements(names) from value in values select new KeyValuePair<string, CanonicalJson>(name, value)).ArrayOf()
            from type in Gen.Elements("hello", "subscribe", "inventory", "unsubscribe", "push", "welcome", "compare", "part", "checkpoint", "retry", "error", "drain")
            select CanonicalJson.Object([.. members, new("type", CanonicalJson.From(type))]).Utf8.ToArray();

        Check(objects, IsTotal, 5000);
    }

    private static bool IsTotal(byte[] frame) =>
        ProtocolCodec.TryReadClient(frame, out var client, out var fault) == (client is not null && fault is null)
        && ProtocolCodec.TryReadServer(frame, out var server, out fault) == (server is not null && fault is null)
        && ProtocolCodec.TryReadTransaction(frame, out var transaction, out fault) == (transaction is not null && fault is null);

    private static bool IsCanonical(CanonicalJson json) => CanonicalJson.Parse(json.Utf8.Span) == json;

    /// <summary>Base versions and records come back in the order of the wire.</summary>
    private static ClientMessage Sorted(ClientMessage message) => message is ClientMessage.Push push
        ? push with { Transactions = [.. push.Transactions.Select(q => q with { Transaction = q.Transaction with { BaseVersions = [.. q.Transaction.BaseVersions.OrderBy(b => b.Key)] } })] }
        : message;

    private static ServerMessage Sorted(ServerMessage message) => message switch
    {
        ServerMessage.Part part => part with { Records = InWireOrder(part.Records) },
        ServerMessage.Checkpoint checkpoint => checkpoint with { Records = InWireOrder(checkpoint.Records) },
        _ => message,
    };

    private static ImmutableArray<Record> InWireOrder(ImmutableArray<Record> records) =>
        [.. records.OrderBy(r => Encoding.UTF8.GetBytes(r.Table), ByBytes).ThenBy(r => Encoding.UTF8.GetBytes(r.Id), ByBytes)];

    private static readonly Comparer<byte[]> ByBytes = Comparer<byte[]>.Create((a, b) => a.AsSpan().SequenceCompareTo(b));

    private static void Check<T>(Gen<T> generator, Func<T, bool> holds, int times = 500) =>
        Prop.ForAll(Arb.From(generator), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(times));
}
