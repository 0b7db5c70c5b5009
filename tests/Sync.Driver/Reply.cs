using Sync.Client;

namespace Sync.Driver;

/// <summary>The one line that answers a command, and the shapes in it.</summary>
internal static class Reply
{
    public static CanonicalJson Ok(Command command, CanonicalJson result) =>
        CanonicalJson.Object([new("ok", CanonicalJson.True), new("id", command.Id), .. result.Members]);

    public static CanonicalJson Failed(string line, string code, string message) => CanonicalJson.Object(
        new("ok", CanonicalJson.False),
        new("id", CanonicalJson.TryParse(System.Text.Encoding.UTF8.GetBytes(line), out var json, out _) ? json["id"] : default),
        new("code", CanonicalJson.From(code)),
        new("message", CanonicalJson.From(message)));

    public static CanonicalJson Of(Record record) =>
        CanonicalJson.Object([new("id", CanonicalJson.From(record.Id)), new("version", CanonicalJson.From(record.Version)), .. record.Fields.Members]);

    public static CanonicalJson Of(IEnumerable<Record> records) => CanonicalJson.List(records.Select(Of));

    public static CanonicalJson Of(RecordStatus status) => CanonicalJson.Object(
        new("pending", CanonicalJson.From(status.Pending)),
        new("isSent", CanonicalJson.From(status.IsSent)),
        new("needsAttention", CanonicalJson.From(status.NeedsAttention)));

    public static CanonicalJson Of(WriteStatus status) => CanonicalJson.Object(
        new("isSaved", CanonicalJson.From(status.IsSaved)),
        new("isSent", CanonicalJson.From(status.IsSent)),
        new("isAccepted", CanonicalJson.From(status.IsAccepted)),
        new("isInCache", CanonicalJson.From(status.IsInCache)),
        new("needsAttention", CanonicalJson.From(status.NeedsAttention)));

    public static CanonicalJson Of(ClientStatus status) => CanonicalJson.Object(
        new("connection", CanonicalJson.From(status.Connection.ToString())),
        new("pending", CanonicalJson.From(status.PendingWrites)),
        new("needAttention", CanonicalJson.From(status.NeedAttention)));

    public static CanonicalJson Of(TrayItem item) => CanonicalJson.Object(
        new("txId", CanonicalJson.From(item.TxId)),
        new("label", item.Label is { } label ? CanonicalJson.From(label) : default),
        new("code", CanonicalJson.From(item.Code)),
        new("message", CanonicalJson.From(item.Message)),
        new("status", CanonicalJson.From(item.Status)),
        new("operations", CanonicalJson.List(item.Transaction.Operations.Select(ProtocolCodec.ToJson))),
        new("fields", CanonicalJson.List(item.Fields.Select(Of))));

    public static CanonicalJson Of(Freshness freshness) => CanonicalJson.From(freshness.ToString());

    private static CanonicalJson Of(TrayField field) => CanonicalJson.Object(
        new("table", CanonicalJson.From(field.Key.Table)),
        new("record", CanonicalJson.From(field.Key.Id)),
        new("field", CanonicalJson.From(field.Field)),
        new("mine", field.Mine),
        new("theirs", field.Theirs));
}
