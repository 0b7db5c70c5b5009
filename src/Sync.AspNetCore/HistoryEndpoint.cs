using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Sync.Server;

namespace Sync.AspNetCore;

/// <summary><c>GET history?table=…&amp;id=…&amp;cursor=…&amp;limit=…</c>: a page of what happened to one record, newest first.</summary>
internal static class HistoryEndpoint
{
    public static async Task HandleAsync(HttpContext context, SyncServer server, Caller caller)
    {
        if (!TryRead(context.Request.Query, out var key, out var cursor, out var limit))
        {
            await Answers.ErrorAsync(context, ErrorCodes.BadMessage, "The query is table=…&id=…, each once, and may have a cursor=… and a limit=…, a whole number above 0.").ConfigureAwait(false);
            return;
        }

        var result = await server.HistoryAsync(caller, key.Value, cursor, limit, context.RequestAborted).ConfigureAwait(false);
        await (result.Error is { } error ? Answers.ErrorAsync(context, error.Code, error.Message) : Answers.HistoryAsync(context, result.Page)).ConfigureAwait(false);
    }

    private static bool TryRead(IQueryCollection query, [NotNullWhen(true)] out RecordKey? key, out string? cursor, out int? limit)
    {
        var (tables, ids, cursors, limits) = (query["table"], query["id"], query["cursor"], query["limit"]);
        (key, cursor, limit) = (null, null, null);
        if (tables.Count != 1 || ids.Count != 1 || cursors.Count > 1 || limits.Count > 1) return false;

        (key, cursor) = (new RecordKey(tables[0] ?? "", ids[0] ?? ""), cursors.Count == 1 ? cursors[0] : null);
        if (limits.Count == 0) return true;
        limit = int.TryParse(limits[0], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        return limit > 0;
    }
}
