using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Sync.Server;

namespace Sync.AspNetCore;

/// <summary><c>POST write</c>: one transaction in, the touched records out, or why not.</summary>
internal sealed class WriteEndpoint(SyncEndpointOptions options)
{
    public async Task HandleAsync(HttpContext context, SyncServer server, Caller caller)
    {
        var body = await RequestBody.ReadOrRefuseAsync(context, options.MaxRequestBytes!.Value).ConfigureAwait(false);
        if (body.IsMissing) return;

        if (!ProtocolCodec.TryReadTransaction(body, out var transaction, out var fault))
        {
            await Answers.FaultAsync(context, fault).ConfigureAwait(false);
            return;
        }

        var result = await server.WriteAsync(caller, transaction, context.RequestAborted).ConfigureAwait(false);
        await AnswerAsync(context, result).ConfigureAwait(false);
    }

    private static Task AnswerAsync(HttpContext context, WriteResult result) => result switch
    {
        { Refusal: { } refusal } => Answers.ErrorAsync(context, refusal.Code, refusal.Message, refusal.RetryAfter),
        { Receipt: { IsAccepted: true } receipt } => Answers.RecordsAsync(context, result.Written, more => WriteFailedConditions(more, receipt)),
        { Receipt: { } receipt } => RejectedAsync(context, receipt, result.Records),
        _ => throw new InvalidOperationException("A write ended without a receipt and without a refusal."),
    };

    private static Task RejectedAsync(HttpContext context, Receipt receipt, RecordMap current)
    {
        var code = receipt.Code ?? ErrorCodes.Internal;
        var records = code == ErrorCodes.VersionConflict ? current : null;
        return Answers.ErrorAsync(context, receipt.Status, code, receipt.Message ?? "", records: records);
    }

    private static void WriteFailedConditions(Utf8JsonWriter writer, Receipt receipt)
    {
        if (receipt.FailedConditions.IsEmpty) return;
        writer.WriteStartArray("failedConditions");
        foreach (var index in receipt.FailedConditions) writer.WriteNumberValue(index);
        writer.WriteEndArray();
    }
}
