namespace Sync.Client;

/// <summary>What a device has that the server does not, as one JSON document.</summary>
internal static class UnsentExport
{
    public static string Write(string userId, (Transaction[] Unsent, StoredRejection[] Rejected) work) => CanonicalJson.Object(
        new("userId", CanonicalJson.From(userId)),
        new("unsent", CanonicalJson.List(work.Unsent.Select(ProtocolCodec.ToJson))),
        new("rejected", CanonicalJson.List(work.Rejected.Select(ToJson)))).ToString();

    private static CanonicalJson ToJson(StoredRejection rejection)
    {
        var members = new Dictionary<string, CanonicalJson>
        {
            ["transaction"] = ProtocolCodec.ToJson(rejection.Transaction),
            ["code"] = CanonicalJson.From(rejection.Code),
            ["message"] = CanonicalJson.From(rejection.Message),
            ["status"] = CanonicalJson.From(rejection.Status),
            ["rejectedAt"] = CanonicalJson.From(rejection.RejectedAt),
        };
        if (rejection.Label is { } label) members["label"] = CanonicalJson.From(label);
        return CanonicalJson.Object(members);
    }
}
