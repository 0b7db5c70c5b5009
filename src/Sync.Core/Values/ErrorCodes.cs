namespace Sync;

/// <summary>The stable codes of every refusal, as they stand on the wire. <c>docs/protocol.md</c> lists them with their HTTP status.</summary>
public static class ErrorCodes
{
    public const string BadJson = "bad_json";
    public const string TooDeep = "too_deep";
    public const string DuplicateKey = "duplicate_key";
    public const string BadUnicode = "bad_unicode";
    public const string NumberRange = "number_range";
    public const string BadMessage = "bad_message";
    public const string UnknownMessage = "unknown_message";
    public const string UnknownOperation = "unknown_operation";
    public const string BadPath = "bad_path";
    public const string ReservedName = "reserved_name";
    public const string ReservedField = "reserved_field";
    public const string IdEmpty = "id_empty";
    public const string IdTooLong = "id_too_long";
    public const string BadId = "bad_id";
    public const string TooManyOperations = "too_many_ops";
    public const string TooLarge = "too_large";
    public const string TypeMismatch = "type_mismatch";
    public const string UnknownTable = "unknown_table";
    public const string UnknownField = "unknown_field";
    public const string InvalidRecord = "invalid_record";
    public const string NotFound = "not_found";
    public const string NotHeld = "not_held";
    public const string AlreadyExists = "already_exists";
    public const string VersionConflict = "version_conflict";
    public const string Constraint = "constraint";
    public const string NotSignedIn = "not_signed_in";
    public const string NotAllowed = "not_allowed";
    public const string AuthorMismatch = "author_mismatch";
    public const string TxIdReused = "txid_reused";
    public const string TxExpired = "tx_expired";
    public const string RateLimited = "rate_limited";
    public const string Busy = "busy";
    public const string BadQuery = "bad_query";
    public const string BadCursor = "bad_cursor";
    public const string QueryNotIndexed = "query_not_indexed";
    public const string QueryTooBroad = "query_too_broad";
    public const string BadInventory = "bad_inventory";
    public const string TooManySubscriptions = "too_many_subscriptions";
    public const string RepairLoop = "repair_loop";
    public const string Withdrawn = "withdrawn";
    public const string UnknownTenant = "unknown_tenant";
    public const string UnsupportedProtocol = "unsupported_protocol";
    public const string Internal = "internal";

    /// <summary>The HTTP status that stands for a code; a code of the app's own (from a rule or a validation) counts as 403 when a rule gave it.</summary>
    public static int StatusOf(string code) => code switch
    {
        NotSignedIn => 401,
        NotAllowed or AuthorMismatch => 403,
        UnknownTenant => 404,
        VersionConflict or AlreadyExists or Constraint => 409,
        TooLarge or TooManyOperations => 413,
        RateLimited => 429,
        Busy => 503,
        Internal => 500,
        _ => 400,
    };
}
