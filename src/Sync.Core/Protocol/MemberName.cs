namespace Sync;

/// <summary>The name of a message's member, quoted once for all lookups.</summary>
internal sealed class MemberName(string text)
{
    public static readonly MemberName Absent = new("absent");
    public static readonly MemberName Accept = new("accept");
    public static readonly MemberName Accepted = new("accepted");
    public static readonly MemberName After = new("after");
    public static readonly MemberName AuthorId = new("authorId");
    public static readonly MemberName BaseVersions = new("baseVersions");
    public static readonly MemberName Before = new("before");
    public static readonly MemberName Buckets = new("buckets");
    public static readonly MemberName ClientId = new("clientId");
    public static readonly MemberName ClientTimestamp = new("clientTimestamp");
    public static readonly MemberName Code = new("code");
    public static readonly MemberName Count = new("count");
    public static readonly MemberName Deeper = new("deeper");
    public static readonly MemberName Counts = new("counts");
    public static readonly MemberName Cursor = new("cursor");
    public static readonly MemberName Descending = new("descending");
    public static readonly MemberName Digest = new("digest");
    public static readonly MemberName Digests = new("digests");
    public static readonly MemberName Entries = new("entries");
    public static readonly MemberName FailedConditions = new("failedConditions");
    public static readonly MemberName Field = new("field");
    public static readonly MemberName Fields = new("fields");
    public static readonly MemberName Gone = new("gone");
    public static readonly MemberName Hash = new("hash");
    public static readonly MemberName HeartbeatMs = new("heartbeatMs");
    public static readonly MemberName Held = new("held");
    public static readonly MemberName History = new("history");
    public static readonly MemberName Id = new("id");
    public static readonly MemberName If = new("if");
    public static readonly MemberName In = new("in");
    public static readonly MemberName Kept = new("kept");
    public static readonly MemberName Key = new("key");
    public static readonly MemberName Kind = new("kind");
    public static readonly MemberName Limit = new("limit");
    public static readonly MemberName Loaded = new("loaded");
    public static readonly MemberName MaxTransactionBytes = new("maxTransactionBytes");
    public static readonly MemberName Message = new("message");
    public static readonly MemberName Now = new("now");
    public static readonly MemberName Op = new("op");
    public static readonly MemberName Operations = new("operations");
    public static readonly MemberName OrderBy = new("orderBy");
    public static readonly MemberName Out = new("out");
    public static readonly MemberName Path = new("path");
    public static readonly MemberName Position = new("position");
    public static readonly MemberName Protocol = new("protocol");
    public static readonly MemberName Query = new("query");
    public static readonly MemberName Receipts = new("receipts");
    public static readonly MemberName Records = new("records");
    public static readonly MemberName RetryAfterMs = new("retryAfterMs");
    public static readonly MemberName Seq = new("seq");
    public static readonly MemberName Status = new("status");
    public static readonly MemberName Sub = new("sub");
    public static readonly MemberName Subs = new("subs");
    public static readonly MemberName Table = new("table");
    public static readonly MemberName Token = new("token");
    public static readonly MemberName Transactions = new("transactions");
    public static readonly MemberName Trimmed = new("trimmed");
    public static readonly MemberName TxId = new("txId");
    public static readonly MemberName Type = new("type");
    public static readonly MemberName UserId = new("userId");
    public static readonly MemberName Value = new("value");
    public static readonly MemberName Version = new("version");
    public static readonly MemberName Versions = new("versions");
    public static readonly MemberName Where = new("where");

    public byte[] NameAndColon { get; } = [.. JsonText.Quote(text)!, (byte)':'];

    public override string ToString() => text;
}

internal static class MemberNames
{
    public static CanonicalJson Get(this CanonicalJson json, MemberName name) => json.Member(name.NameAndColon);
}
