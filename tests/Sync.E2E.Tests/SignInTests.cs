using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Sync.E2E.Tests;

public sealed class SignInTests
{
    private static readonly object AskForTask = new { pointers = new[] { new { table = "tasks", id = "task-1" } } };

    [Test]
    public async Task In_development_a_name_is_enough_as_a_header_or_in_the_address()
    {
        await using var app = await TaskAppProcess.StartAsync();
        using var http = new HttpClient { BaseAddress = app.Address };

        Assert.That(await TitleAsync(await http.PostAsJsonAsync("api/realtime/getRecords?access_token=bob", AskForTask)), Is.EqualTo("Ask the school for the field"));
        Assert.That(await TitleAsync(await http.PostAsJsonAsync("api/realtime/getRecords?access_token=carol", AskForTask)), Is.Null);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "alice");
        Assert.That(await TitleAsync(await http.PostAsJsonAsync("api/realtime/getRecords", AskForTask)), Is.EqualTo("Ask the school for the field"));
    }

    [TestCase("")]
    [TestCase("?access_token=mallory")]
    public async Task Nobody_and_strangers_are_refused(string query)
    {
        await using var app = await TaskAppProcess.StartAsync();
        using var http = new HttpClient { BaseAddress = app.Address };

        Assert.That((await http.PostAsJsonAsync("api/realtime/getRecords" + query, AskForTask)).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
    }

    [Test]
    public async Task Outside_development_a_name_is_refused_and_the_log_says_why()
    {
        await using var app = await TaskAppProcess.StartAsync("Production");
        using var http = new HttpClient { BaseAddress = app.Address };

        Assert.That((await http.PostAsJsonAsync("api/realtime/getRecords?access_token=alice", AskForTask)).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", "alice");
        Assert.That((await http.PostAsJsonAsync("api/realtime/getRecords", AskForTask)).StatusCode, Is.EqualTo(HttpStatusCode.Unauthorized));
        Assert.That(() => app.Output, Does.Contain("that is for Development only, and this is Production").After(5_000, 50));
    }

    [Test]
    public async Task Pages_are_served_without_sign_in_and_unknown_addresses_of_the_api_are_not_pages()
    {
        await using var app = await TaskAppProcess.StartAsync();
        using var http = new HttpClient { BaseAddress = app.Address };

        foreach (var path in new[] { "", "tasks/task-1", "tasks/a.b", "workspaces/demo" })
        {
            using var page = await http.GetAsync(path);
            Assert.That(await page.Content.ReadAsStringAsync(), Does.Contain("blazor.webassembly.js"), path);
            Assert.That(page.Headers.GetValues("Content-Security-Policy").Single(), Does.Contain("default-src 'self'"));
        }

        Assert.That((await http.GetAsync("api/nothing")).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    private static async Task<string?> TitleAsync(HttpResponseMessage answer)
    {
        using var body = JsonDocument.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStreamAsync());
        return body.RootElement.GetProperty("recordMap").TryGetProperty("tasks", out var tasks) && tasks.TryGetProperty("task-1", out var task)
            ? task.GetProperty("title").GetString()
            : null;
    }
}
