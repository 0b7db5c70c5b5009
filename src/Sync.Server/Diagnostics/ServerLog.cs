using Microsoft.Extensions.Logging;

namespace Sync.Server;

/// <summary>What the server writes to the log, with stable ids. Never a field of a record.</summary>
internal static partial class ServerLog
{
    [LoggerMessage(1001, LogLevel.Information, "The store is open at revision {Revision} with {Tables} tables.")]
    public static partial void StoreOpened(this ILogger logger, long revision, int tables);

    [LoggerMessage(1002, LogLevel.Warning, "The table {Table} has no rule, so nobody but the app's own code may read or write it. Add AddPermissions<{Type}, …>().")]
    public static partial void NoRule(this ILogger logger, string table, string type);

    [LoggerMessage(1003, LogLevel.Error, "The store of the tenant {Tenant} could not be opened. The next request tries again.")]
    public static partial void TenantFailed(this ILogger logger, Exception fault, string tenant);

    [LoggerMessage(1004, LogLevel.Error, "The store of the tenant {Tenant} failed while it was closed.")]
    public static partial void TenantNotClosed(this ILogger logger, Exception fault, string tenant);

    [LoggerMessage(1101, LogLevel.Warning, "The {Rule} rule of {Table} took {Milliseconds} ms. Rules hold up every write while they run.")]
    public static partial void SlowRule(this ILogger logger, string rule, string table, double milliseconds);

    [LoggerMessage(1102, LogLevel.Error, "The {Rule} rule of {Table} threw, which gives no access.")]
    public static partial void RuleThrew(this ILogger logger, Exception fault, string rule, string table);

    [LoggerMessage(1201, LogLevel.Warning, "A commit of {Transactions} transactions was lost to other writers and is decided again (try {Try}).")]
    public static partial void CommitLost(this ILogger logger, int transactions, int @try);

    [LoggerMessage(1202, LogLevel.Warning, "A transaction broke the constraint {Constraint} of the database and is rejected.")]
    public static partial void ConstraintBroken(this ILogger logger, string constraint);

    [LoggerMessage(1203, LogLevel.Error, "Whether a commit of {Transactions} transactions took effect is not known; its receipts are read back. {Reason}")]
    public static partial void CommitUnknown(this ILogger logger, int transactions, string reason);

    [LoggerMessage(1204, LogLevel.Warning, "The store is not available: {Reason}")]
    public static partial void StoreUnavailable(this ILogger logger, string reason);

    [LoggerMessage(1205, LogLevel.Error, "The store failed while {What}.")]
    public static partial void StoreFailed(this ILogger logger, Exception fault, string what);

    [LoggerMessage(1206, LogLevel.Critical, "Deciding a transaction failed by a bug; it is refused.")]
    public static partial void DecisionFailed(this ILogger logger, Exception fault);

    [LoggerMessage(1207, LogLevel.Critical, "A listener of commits threw; sessions may have missed a change.")]
    public static partial void ListenerFailed(this ILogger logger, Exception fault);

    [LoggerMessage(1208, LogLevel.Critical, "The processor's loop failed and goes on from the store's log.")]
    public static partial void LoopFailed(this ILogger logger, Exception fault);

    [LoggerMessage(1209, LogLevel.Error, "The store's log no longer reaches back to revision {Revision}: what was missed is read afresh.")]
    public static partial void LogTrimmed(this ILogger logger, long revision);

    [LoggerMessage(1210, LogLevel.Warning, "{Blocked} of {Transactions} transactions touch what somebody else's open transaction holds, and are told to come again.")]
    public static partial void CommitBlocked(this ILogger logger, int blocked, int transactions);
}
