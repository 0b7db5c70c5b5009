using Microsoft.AspNetCore.Mvc.Testing;
using Microsoft.Playwright;
using Sync.Tests;

namespace Sync.E2E.Tests;

public sealed class TaskAppTests
{
    [Test]
    public async Task The_page_loads_in_a_browser()
    {
        var chromium = Programs.Chromium;
        await using var app = new WebApplicationFactory<Program>();
        app.UseKestrel(0);
        app.StartServer();
        using var http = app.CreateClient();
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = ["--no-sandbox", "--disable-gpu"] });

        var page = await browser.NewPageAsync();
        await page.GotoAsync(http.BaseAddress!.ToString());

        await Assertions.Expect(page.Locator("h1")).ToHaveTextAsync("Tasks", new() { Timeout = 30_000 });
    }
}
