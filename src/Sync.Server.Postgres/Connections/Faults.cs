using System.Net.Sockets;
using Npgsql;

namespace Sync.Server.Postgres;

/// <summary>What the world may do to a connection: told from our own bugs by its type.</summary>
internal static class Faults
{
    public static bool IsOfTheDatabase(Exception fault) => fault is NpgsqlException or StatementException or IOException or TimeoutException or SocketException;

    /// <summary>The database cannot answer now, for no fault of what was asked: another time it may.</summary>
    public static bool IsPassing(Exception fault) => fault switch
    {
        StatementException refused => IsPassing(refused.Fault),
        PostgresException refused => Answers.IsLoss(refused.SqlState) || Answers.IsUnavailable(refused.SqlState) || Answers.IsContention(refused.SqlState),
        _ => IsOfTheDatabase(fault),
    };

    /// <summary>The connection is gone: another one may do.</summary>
    public static bool IsLoss(Exception fault) => fault switch
    {
        StatementException refused => Answers.IsLoss(refused.Fault.SqlState),
        PostgresException refused => Answers.IsLoss(refused.SqlState),
        NpgsqlException { InnerException: TimeoutException } => false,
        _ => fault is NpgsqlException or IOException or SocketException,
    };
}
