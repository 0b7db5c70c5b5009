using Microsoft.Extensions.Logging;

namespace Sync.Client.IndexedDb;

internal static partial class StorageLog
{
    [LoggerMessage(1, LogLevel.Warning, "This page has no Web Locks (it is not served over HTTPS or from localhost), so the tabs of this app cannot share their storage: only the newest tab can write.")]
    public static partial void NoLocks(ILogger logger);

    [LoggerMessage(2, LogLevel.Information, "The browser does not promise to keep this app's data: it may clear it when room on the device runs short, unsent writes included.")]
    public static partial void MayBeCleared(ILogger logger);
}
