using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Sync;

/// <summary>
/// The messages of protocol version 1 as UTF-8 JSON, one message a frame. Reading is total: any bytes give a message or a <see cref="JsonFault"/>.
/// The type may stand anywhere in the object. Properties that are not known are passed over, so that a newer peer can say more.
/// </summary>
public static partial class ProtocolCodec
{
    public const int Version = 1;

    public static void Write(IBufferWriter<byte> to, ClientMessage message) => throw new NotImplementedException();
    public static void Write(IBufferWriter<byte> to, ServerMessage message) => throw new NotImplementedException();
    public static bool TryReadClient(ReadOnlySpan<byte> frame, [NotNullWhen(true)] out ClientMessage? message, [NotNullWhen(false)] out JsonFault? fault) => throw new NotImplementedException();
    public static bool TryReadServer(ReadOnlySpan<byte> frame, [NotNullWhen(true)] out ServerMessage? message, [NotNullWhen(false)] out JsonFault? fault) => throw new NotImplementedException();

    /// <summary>The transaction of an HTTP write body: the guide's shape plus <c>baseVersions</c>.</summary>
    public static bool TryReadTransaction(CanonicalJson json, [NotNullWhen(true)] out Transaction? transaction, [NotNullWhen(false)] out JsonFault? fault) => throw new NotImplementedException();
    public static bool TryReadOperation(CanonicalJson json, [NotNullWhen(true)] out Operation? operation, [NotNullWhen(false)] out JsonFault? fault) => throw new NotImplementedException();
    public static bool TryReadQuery(CanonicalJson json, [NotNullWhen(true)] out Query? query, [NotNullWhen(false)] out JsonFault? fault) => throw new NotImplementedException();
    /// <summary>A record as it travels, <c>{"id","version",…fields}</c>.</summary>
    public static bool TryReadRecord(string table, CanonicalJson json, [NotNullWhen(true)] out Record? record, [NotNullWhen(false)] out JsonFault? fault) => throw new NotImplementedException();

    /// <summary>The canonical form of a transaction: what its hash and the change log are made of.</summary>
    public static CanonicalJson ToJson(Transaction transaction) => throw new NotImplementedException();
    public static CanonicalJson ToJson(Operation operation) => throw new NotImplementedException();
    public static CanonicalJson ToJson(Query query) => throw new NotImplementedException();
    public static CanonicalJson ToJson(Receipt receipt) => throw new NotImplementedException();
    public static bool TryReadReceipt(CanonicalJson json, [NotNullWhen(true)] out Receipt? receipt, [NotNullWhen(false)] out JsonFault? fault) => throw new NotImplementedException();

    /// <summary>Writes <c>{"id","version",…fields}</c> without encoding the fields again.</summary>
    public static void WriteRecord(IBufferWriter<byte> to, Record record) => throw new NotImplementedException();
    /// <summary>Writes <c>{"table":{"id":record}}</c>.</summary>
    public static void WriteRecordMap(IBufferWriter<byte> to, RecordMap records) => throw new NotImplementedException();
}
