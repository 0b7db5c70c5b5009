using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Sync.AspNetCore.Tests.Site;

namespace Sync.AspNetCore.Tests.Http;

/// <summary>One answer of an HTTP endpoint, read to its end.</summary>
internal sealed record HttpAnswer(int Status, string Text, HttpResponseHeaders Headers)
{
    public JsonElement Json { get; } = JsonDocument.Parse(Text).RootElement;
    public string? Code => Json.TryGetProperty("code", out var code) ? code.GetString() : null;
    public JsonElement Record(string table, string id) => Json.GetProperty("recordMap").GetProperty(table).GetProperty(id);
}

internal static class HttpCalls
{
    public static Task<HttpAnswer> WriteAsync(this TestSite site, string? token, string body) => site.PostAsync("write", token, Json(body));

    public static Task<HttpAnswer> GetRecordsAsync(this TestSite site, string? token, params (string Table, string Id)[] pointers) =>
        site.PostAsync("getRecords", token, Json(JsonSerializer.Serialize(new { pointers = pointers.Select(p => new { table = p.Table, id = p.Id }) })));

    public static async Task<HttpAnswer> PostAsync(this TestSite site, string endpoint, string? token, HttpContent content)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{site.Address}/{endpoint}") { Content = content };
        if (token is not null) request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await site.Http.SendAsync(request, Patience.Token);
        Assert.That(response.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/json"));
        return new HttpAnswer((int)response.StatusCode, await response.Content.ReadAsStringAsync(), response.Headers);
    }

    public static StringContent Json(string body) => new(body, Encoding.UTF8, "application/json");

    /// <summary>A transaction in the guide's shape.</summary>
    public static string Tx(string operations, string? txId = null, string? author = "alice", string more = "") =>
        $$"""{"txId":"{{txId ?? Guid.NewGuid().ToString()}}",{{(author is null ? "" : $"\"authorId\":\"{author}\",")}}"operations":[{{operations}}],"clientTimestamp":1700000000000{{more}}}""";

    public static string Set(string id, string key, string value, string table = "tasks") =>
        $$"""{"type":"set","table":"{{table}}","id":"{{id}}","key":"{{key}}","value":{{value}}}""";
}
