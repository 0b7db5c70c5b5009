using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Sync.AspNetCore;

/// <summary>Every body that the HTTP endpoints send: <c>{"recordMap"}</c>, <c>{"entries",…}</c>, or <c>{"message","code",…}</c>.</summary>
internal static class Answers
{
    public static Task RecordsAsync(HttpContext context, RecordMap records, Action<Utf8JsonWriter>? more = null) =>
        SendAsync(context, StatusCodes.Status200OK, writer =>
        {
            WriteRecords(writer, records);
            more?.Invoke(writer);
        });

    public static Task HistoryAsync(HttpContext context, HistoryPage page)
    {
        var body = new ArrayBufferWriter<byte>();
        ProtocolCodec.WriteHistory(body, page);
        return SendAsync(context, StatusCodes.Status200OK, body);
    }

    public static Task ErrorAsync(HttpContext context, string code, string message, TimeSpan retryAfter = default) =>
        ErrorAsync(context, ErrorCodes.StatusOf(code), code, message, retryAfter);

    public static Task ErrorAsync(HttpContext context, int status, string code, string message, TimeSpan retryAfter = default, RecordMap? records = null)
    {
        if (retryAfter > TimeSpan.Zero)
            context.Response.Headers.RetryAfter = Math.Ceiling(retryAfter.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return SendAsync(context, status, writer =>
        {
            writer.WriteString("code", code);
            writer.WriteString("message", message);
            if (retryAfter > TimeSpan.Zero) writer.WriteNumber("retryAfterMs", (long)retryAfter.TotalMilliseconds);
            if (records is not null) WriteRecords(writer, records);
        });
    }

    public static Task FaultAsync(HttpContext context, JsonFault fault) => ErrorAsync(context, fault.Code, fault.Message);

    public static Task UnsupportedAsync(HttpContext context, string message) =>
        ErrorAsync(context, StatusCodes.Status415UnsupportedMediaType, ErrorCodes.BadMessage, message);

    public static Task BrokenRequestAsync(HttpContext context, int status) => status == StatusCodes.Status413PayloadTooLarge
        ? ErrorAsync(context, ErrorCodes.TooLarge, "The body is too large.")
        : ErrorAsync(context, ErrorCodes.BadMessage, "The body did not arrive whole.");

    private static void WriteRecords(Utf8JsonWriter writer, RecordMap records)
    {
        var body = new ArrayBufferWriter<byte>();
        ProtocolCodec.WriteRecordMap(body, records);
        writer.WritePropertyName("recordMap");
        writer.WriteRawValue(body.WrittenSpan, skipInputValidation: true);
    }

    private static async Task SendAsync(HttpContext context, int status, Action<Utf8JsonWriter> write)
    {
        var body = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(body))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        await SendAsync(context, status, body).ConfigureAwait(false);
    }

    private static async Task SendAsync(HttpContext context, int status, ArrayBufferWriter<byte> body)
    {
        var response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json; charset=utf-8";
        response.ContentLength = body.WrittenCount;
        response.Headers.CacheControl = "no-store";
        await response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted).ConfigureAwait(false);
    }
}
