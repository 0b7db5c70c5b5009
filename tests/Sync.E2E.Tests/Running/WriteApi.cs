using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Sync.E2E.Tests;

/// <summary>Writes past every page, as anybody with a name and an HTTP client can.</summary>
internal static class WriteApi
{
    public static async Task<(HttpStatusCode Status, string? Code)> WriteAsync(this TaskAppProcess app, string user, params object[] operations)
    {
        using var http = new HttpClient { BaseAddress = app.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", user);
        using var answer = await http.PostAsJsonAsync("api/realtime/write", new { authorId = user, txId = Guid.NewGuid().ToString("n"), clientTimestamp = 0, operations });
        using var body = JsonDocument.Parse(await answer.Content.ReadAsStreamAsync());
        return (answer.StatusCode, body.RootElement.TryGetProperty("code", out var code) ? code.GetString() : null);
    }
}
