using System.Net;
using System.Net.Http.Headers;
using Sync;
using TaskApp.Client.Sessions;

namespace TaskApp.Client.History;

/// <summary>Asks the server what happened to a record: a device keeps no history.</summary>
public sealed class HistoryReader(HttpClient http, SignedIn signedIn, NetworkPlug plug)
{
    private const int PageSize = 20;

    public async Task<HistoryAnswer> ReadAsync(RecordKey key, string? cursor, CancellationToken cancellationToken)
    {
        if (!plug.IsIn) return new HistoryAnswer.Unreachable();

        var address = $"api/realtime/history?table={key.Table}&id={Uri.EscapeDataString(key.Id)}&limit={PageSize}";
        using var request = new HttpRequestMessage(HttpMethod.Get, cursor is null ? address : $"{address}&cursor={Uri.EscapeDataString(cursor)}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", signedIn.UserId);
        try
        {
            using var answer = await http.SendAsync(request, cancellationToken);
            var body = await answer.Content.ReadAsByteArrayAsync(cancellationToken);
            if (answer.IsSuccessStatusCode && ProtocolCodec.TryReadHistory(body, key, out var page, out _)) return new HistoryAnswer.Read(page);
            return answer.StatusCode is HttpStatusCode.BadRequest or HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden ? new HistoryAnswer.Nothing() : new HistoryAnswer.Unreachable();
        }
        catch (HttpRequestException)
        {
            return new HistoryAnswer.Unreachable();
        }
    }
}

public abstract record HistoryAnswer
{
    private HistoryAnswer() { }

    public sealed record Read(HistoryPage Page) : HistoryAnswer;

    /// <summary>There is no such record, or it may not be read.</summary>
    public sealed record Nothing : HistoryAnswer;

    public sealed record Unreachable : HistoryAnswer;
}
