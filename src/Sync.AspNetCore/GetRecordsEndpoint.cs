using Microsoft.AspNetCore.Http;
using Sync.Server;

namespace Sync.AspNetCore;

/// <summary><c>POST getRecords</c>: <c>{"pointers":[{"table","id"}]}</c> in; out come the records that there are and that the caller may read.</summary>
internal sealed class GetRecordsEndpoint(SyncEndpointOptions options, int maxPointers)
{
    public async Task HandleAsync(HttpContext context, SyncServer server, Caller caller)
    {
        var body = await RequestBody.ReadOrRefuseAsync(context, options.MaxRequestBytes!.Value).ConfigureAwait(false);
        if (body.IsMissing) return;

        var keys = new HashSet<RecordKey>();
        var pointers = body["pointers"];
        if (pointers.Kind != JsonKind.List)
        {
            await RefuseAsync(context).ConfigureAwait(false);
            return;
        }

        var count = 0;
        foreach (var pointer in pointers.Elements)
        {
            if (++count > maxPointers)
            {
                await Answers.ErrorAsync(context, ErrorCodes.TooLarge, $"One request may ask for {maxPointers} records.").ConfigureAwait(false);
                return;
            }

            if (pointer["table"].AsString() is not { } table || pointer["id"].AsString() is not { } id)
            {
                await RefuseAsync(context).ConfigureAwait(false);
                return;
            }

            if (server.Model.Find(table) is not null) keys.Add(new RecordKey(table, id));
        }

        var records = await server.GetRecordsAsync(caller, keys, context.RequestAborted).ConfigureAwait(false);
        await Answers.RecordsAsync(context, records).ConfigureAwait(false);
    }

    private static Task RefuseAsync(HttpContext context) =>
        Answers.ErrorAsync(context, ErrorCodes.BadMessage, "The body is {\"pointers\":[{\"table\",\"id\"}]}, both strings.");
}
