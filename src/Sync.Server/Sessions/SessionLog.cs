using Microsoft.Extensions.Logging;

namespace Sync.Server;

/// <summary>What sessions log. No record content, ever.</summary>
internal static partial class SessionLog
{
    [LoggerMessage(EventId = 200, Level = LogLevel.Debug, Message = "Session of {UserId} started.")]
    public static partial void Started(ILogger logger, string userId);

    [LoggerMessage(EventId = 201, Level = LogLevel.Debug, Message = "Session of {UserId} ended: {Code} {Reason}.")]
    public static partial void Ended(ILogger logger, string userId, int code, string reason);

    [LoggerMessage(EventId = 202, Level = LogLevel.Error, Message = "A session failed and was closed.")]
    public static partial void SessionFailed(ILogger logger, Exception error);

    [LoggerMessage(EventId = 203, Level = LogLevel.Error, Message = "A subscription could not be loaded; its session was closed.")]
    public static partial void LoadFailed(ILogger logger, Exception error);

    [LoggerMessage(EventId = 204, Level = LogLevel.Error, Message = "The read rules could not be run for a session; it was closed.")]
    public static partial void JudgingFailed(ILogger logger, Exception error);

    [LoggerMessage(EventId = 206, Level = LogLevel.Error, Message = "The store could not tell a client's place in history; its session was closed.")]
    public static partial void HistoryFailed(ILogger logger, Exception error);

    [LoggerMessage(EventId = 205, Level = LogLevel.Critical, Message = "The publisher failed; all sessions were closed and it starts again.")]
    public static partial void PublisherFailed(ILogger logger, Exception error);

    [LoggerMessage(EventId = 207, Level = LogLevel.Error, Message = "The store's log could not be read at the start; clients get no place in it before the next commit.")]
    public static partial void HeadNotRead(ILogger logger, Exception error);
}
