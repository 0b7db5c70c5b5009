using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Sync;

/// <summary>
/// The messages of protocol version 1 as UTF-8 JSON, one message a frame. Reading is total: any bytes give a message or a <see cref="JsonFault"/>.
/// The type may stand anywhere in the object. Properties that are not known are passed over, so that a newer peer can say more.
/// </summary>
/// <remarks>What each part looks like is told by <c>docs/protocol.md</c> and done by the <c>…Json</c> files beside this one.</remarks>
public static class ProtocolCodec
{
    internal const int Version = 1;

    /// <summary>
    /// A record may nest as deep as <see cref="JsonLimits.MaxDepth"/>; the deepest envelope around a value, an <c>if</c> in a push, adds these levels.
    /// So whatever was taken in can also be sent on.
    /// </summary>
    private const int EnvelopeDepth = 6;

    internal static void Write(IBufferWriter<byte> to, ClientMessage message) => ClientMessageJson.Write(new FrameWriter(to), message);
    internal static void Write(IBufferWriter<byte> to, ServerMessage message) => ServerMessageJson.Write(new FrameWriter(to), message);

    internal static bool TryReadClient(ReadOnlySpan<byte> frame, [NotNullWhen(true)] out ClientMessage? message, [NotNullWhen(false)] out JsonFault? fault)
    {
        message = null;
        return CanonicalJson.TryParse(frame, JsonLimits.MaxDepth + EnvelopeDepth, out var json, out fault) && TryTake(Whole(json, ClientMessageJson.Read), out message, out fault);
    }

    internal static bool TryReadServer(ReadOnlySpan<byte> frame, [NotNullWhen(true)] out ServerMessage? message, [NotNullWhen(false)] out JsonFault? fault)
    {
        message = null;
        if (FrameFormats.IsWrapped(frame))
        {
            if (FrameFormats.TryUnwrap(frame, out var whole)) frame = whole;
            else
            {
                fault = new JsonFault(ErrorCodes.BadJson, "A wrapped message does not hold what its head says.");
                return false;
            }
        }
        return CanonicalJson.TryParse(frame, JsonLimits.MaxDepth + EnvelopeDepth, out var json, out fault) && TryTake(Whole(json, ServerMessageJson.Read), out message, out fault);
    }

    /// <summary>The transaction of an HTTP write body, from its bytes: refused by the same rules as a frame.</summary>
    public static bool TryReadTransaction(ReadOnlySpan<byte> body, [NotNullWhen(true)] out Transaction? transaction, [NotNullWhen(false)] out JsonFault? fault)
    {
        transaction = null;
        return CanonicalJson.TryParse(body, JsonLimits.MaxDepth + EnvelopeDepth, out var json, out fault) && TryReadTransaction(json, out transaction, out fault);
    }

    /// <summary>The transaction of an HTTP write body: the guide's shape plus <c>baseVersions</c>.</summary>
    public static bool TryReadTransaction(CanonicalJson json, [NotNullWhen(true)] out Transaction? transaction, [NotNullWhen(false)] out JsonFault? fault) =>
        TryTake(Whole(json, TransactionJson.Read), out transaction, out fault);

    public static bool TryReadOperation(CanonicalJson json, [NotNullWhen(true)] out Operation? operation, [NotNullWhen(false)] out JsonFault? fault) =>
        TryTake(Whole(json, OperationJson.Read), out operation, out fault);

    public static bool TryReadQuery(CanonicalJson json, [NotNullWhen(true)] out Query? query, [NotNullWhen(false)] out JsonFault? fault) =>
        TryTake(Whole(json, QueryJson.Read), out query, out fault);

    /// <summary>A record as it travels, <c>{"id","version",…fields}</c>.</summary>
    public static bool TryReadRecord(string table, CanonicalJson json, [NotNullWhen(true)] out Record? record, [NotNullWhen(false)] out JsonFault? fault) =>
        TryTake(Whole(json, (whole, intake) => RecordJson.Read(table, whole, intake)), out record, out fault);

    public static bool TryReadReceipt(CanonicalJson json, [NotNullWhen(true)] out Receipt? receipt, [NotNullWhen(false)] out JsonFault? fault) =>
        TryTake(Whole(json, ReceiptJson.Read), out receipt, out fault);

    /// <summary>The body of an HTTP history answer. <paramref name="key"/> is the record that was asked for.</summary>
    public static bool TryReadHistory(ReadOnlySpan<byte> body, RecordKey key, [NotNullWhen(true)] out HistoryPage? page, [NotNullWhen(false)] out JsonFault? fault)
    {
        page = null;
        return CanonicalJson.TryParse(body, JsonLimits.MaxDepth + EnvelopeDepth, out var json, out fault)
            && TryTake(Whole(json, (whole, intake) => HistoryJson.Read(key, whole, intake)), out page, out fault);
    }

    /// <summary>The canonical form of a transaction: what its hash and the change log are made of.</summary>
    public static CanonicalJson ToJson(Transaction transaction) => Canonical(transaction, static (to, one) => TransactionJson.Write(to, one));
    public static CanonicalJson ToJson(Operation operation) => Canonical(operation, OperationJson.Write);
    public static CanonicalJson ToJson(Query query) => query.Key;
    public static CanonicalJson ToJson(Receipt receipt) => Canonical(receipt, static (to, one) => ReceiptJson.Write(to, one));

    /// <summary>Writes <c>{"id","version",…fields}</c> without encoding the fields again.</summary>
    /// <exception cref="ArgumentException">The record is a tombstone.</exception>
    public static void WriteRecord(IBufferWriter<byte> to, Record record) => RecordJson.Write(new FrameWriter(to), record);

    /// <summary>Writes <c>{"table":{"id":record}}</c>.</summary>
    /// <exception cref="ArgumentException">A record is a tombstone.</exception>
    public static void WriteRecordMap(IBufferWriter<byte> to, RecordMap records) => RecordJson.WriteMap(new FrameWriter(to), records);

    /// <summary>Writes <c>{"cursor","entries","trimmed"}</c>.</summary>
    public static void WriteHistory(IBufferWriter<byte> to, HistoryPage page) => HistoryJson.Write(new FrameWriter(to), page);

    /// <summary>What <paramref name="write"/> writes, which must be canonical already, as a value of exactly its size.</summary>
    internal static CanonicalJson Canonical<T>(T item, Action<FrameWriter, T> write) => CanonicalJson.FromCanonicalBytes(CanonicalBytes(item, write));

    internal static byte[] CanonicalBytes<T>(T item, Action<FrameWriter, T> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        write(new FrameWriter(buffer), item);
        return buffer.WrittenSpan.ToArray();
    }

    private static (T? Taken, JsonFault? Fault) Whole<T>(CanonicalJson json, Func<CanonicalJson, Intake, T?> read)
        where T : class
    {
        if (json.Kind != JsonKind.Object) return (null, new JsonFault(ErrorCodes.BadJson, $"A JSON object was expected, but {KindNames.Of(json.Kind)} came."));
        var intake = new Intake();
        var taken = read(json, intake);
        return (taken, intake.Fault);
    }

    private static bool TryTake<T>((T? Taken, JsonFault? Fault) result, [NotNullWhen(true)] out T? taken, [NotNullWhen(false)] out JsonFault? fault)
        where T : class
    {
        fault = result.Fault;
        taken = fault is null ? result.Taken ?? throw new InvalidOperationException("A reader gave neither a message nor a fault.") : null;
        return taken is not null;
    }
}
