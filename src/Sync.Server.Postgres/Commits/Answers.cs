namespace Sync.Server.Postgres;

/// <summary>Codes by which our own functions and statements end a commit, and those of PostgreSQL that mean something to it.</summary>
internal static class Answers
{
    /// <summary>Records are not as expected; the message is a JSON list of their ids.</summary>
    public const string Lost = "SY001";

    /// <summary>A transaction of the batch is decided already.</summary>
    public const string Decided = "SY002";

    /// <summary>Somebody else holds rows; the message is a JSON list of their ids.</summary>
    public const string Blocked = "SY003";

    /// <summary>Another number of rows was written than decided: a trigger or a cascade that nobody announced.</summary>
    public const string OtherRows = "SY004";

    public const string LockNotAvailable = "55P03";
    public const string UniqueViolation = "23505";

    public static bool IsContention(string sqlState) => sqlState is "40001" or "40P01";

    /// <summary>The server goes away, or the session was ended: whether the commit came before is not known.</summary>
    public static bool IsLoss(string sqlState) => sqlState.StartsWith("57P", StringComparison.Ordinal) || sqlState.StartsWith("08", StringComparison.Ordinal) || sqlState is "25P03" or "XX000";

    /// <summary>The database cannot write now, whatever is asked of it.</summary>
    public static bool IsUnavailable(string sqlState) => sqlState is "57014" or "25006" || sqlState.StartsWith("53", StringComparison.Ordinal) || sqlState.StartsWith("58", StringComparison.Ordinal);
}
