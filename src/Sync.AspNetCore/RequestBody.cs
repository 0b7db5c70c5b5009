using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Sync.AspNetCore;

/// <summary>One JSON body, read up to a bound and never inflated.</summary>
internal static class RequestBody
{
    private const int FirstBytes = 4096;

    /// <summary>The body's value; missing where the request was answered with a refusal already.</summary>
    public static async ValueTask<CanonicalJson> ReadOrRefuseAsync(HttpContext context, int maxBytes)
    {
        var request = context.Request;
        if (!IsJson(request))
        {
            await Answers.UnsupportedAsync(context, "The body is application/json in UTF-8.").ConfigureAwait(false);
            return default;
        }

        if (request.Headers.TryGetValue(HeaderNames.ContentEncoding, out var encoding) && !encoding.ToString().Equals("identity", StringComparison.OrdinalIgnoreCase))
        {
            await Answers.UnsupportedAsync(context, "The body is sent as it is, without a Content-Encoding.").ConfigureAwait(false);
            return default;
        }

        var bytes = ArrayPool<byte>.Shared.Rent(FirstBytes);
        try
        {
            var count = 0;
            while (request.ContentLength is not { } declared || declared <= maxBytes)
            {
                if (count == bytes.Length) bytes = Larger(bytes, maxBytes);
                var read = await request.Body.ReadAsync(bytes.AsMemory(count), context.RequestAborted).ConfigureAwait(false);
                count += read;
                if (count > maxBytes) break;
                if (read > 0) continue;

                if (CanonicalJson.TryParse(bytes.AsSpan(0, count), out var value, out var fault)) return value;
                await Answers.FaultAsync(context, fault).ConfigureAwait(false);
                return default;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }

        await Answers.ErrorAsync(context, ErrorCodes.TooLarge, $"A body may have {maxBytes} bytes.").ConfigureAwait(false);
        return default;
    }

    private static bool IsJson(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type)
        && type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase)
        && (!type.Charset.HasValue || type.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase));

    private static byte[] Larger(byte[] bytes, int maxBytes)
    {
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Min(bytes.Length * 2L, maxBytes + 1L));
        bytes.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(bytes);
        return larger;
    }
}
