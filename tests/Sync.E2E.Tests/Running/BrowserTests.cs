using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Sync.Tests;

namespace Sync.E2E.Tests;

/// <summary>Tests that open the sample in Chromium. Each has a server of its own; a person is a browser context of their own.</summary>
[NonParallelizable]
public abstract class BrowserTests
{
    /// <summary>What the guide promises: a change is on the other screen within two seconds.</summary>
    protected const float Soon = 2_000;

    /// <summary>A first load brings the whole runtime, unshrunk in a debug build.</summary>
    protected const float FirstLoad = 60_000;

    internal static readonly string[] ChromiumArguments =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    private readonly List<IBrowserContext> _contexts = [];
    private readonly List<string> _faults = [];
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    private protected TaskAppProcess App { get; private set; } = null!;

    protected IBrowser Browser => _browser!;

    private protected IPlaywright Playwright => _playwright!;

    [OneTimeSetUp]
    public async Task StartBrowser()
    {
        var chromium = Programs.Chromium;
        _playwright = await Microsoft.Playwright.Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new()
        {
            ExecutablePath = chromium,
            Args = ChromiumArguments,
        });
    }

    [OneTimeTearDown]
    public async Task StopBrowser()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
    }

    [SetUp]
    public async Task StartApp() => App = await StartAppAsync();

    [TearDown]
    public async Task StopApp()
    {
        foreach (var context in _contexts) await context.DisposeAsync();
        _contexts.Clear();
        if (TestContext.CurrentContext.Result.Outcome.Status == NUnit.Framework.Interfaces.TestStatus.Failed) TestContext.Out.WriteLine(App.Output);
        await App.DisposeAsync();
        Assert.That(_faults, Is.Empty, "Errors on the pages' consoles.");
        _faults.Clear();
    }

    private protected virtual Task<TaskAppProcess> StartAppAsync() => TaskAppProcess.StartAsync();

    /// <summary>Opens a page as somebody, in a browser of their own, and waits until it is live, or what else is expected.</summary>
    protected async Task<IPage> OpenAsync(string user, string path = "/", int width = 1280, int height = 800, ColorScheme colours = ColorScheme.Light, string expected = "Live", Uri? server = null)
    {
        var page = await NewPageAsync(width, height, colours, server);
        await page.GotoAsync($"{path}?user={user}");
        await Expect(page.Locator(".connection")).ToHaveAttributeAsync("data-connection", expected, new() { Timeout = FirstLoad });
        return page;
    }

    /// <summary>Opens the page of two people, and waits until both are live.</summary>
    protected async Task<IPage> OpenDemoPageAsync(int width, int height, ColorScheme colours = ColorScheme.Light)
    {
        var page = await NewPageAsync(width, height, colours);
        await page.GotoAsync("/demo");
        foreach (var name in new[] { "alice", "bob" })
        {
            await Expect(page.FrameLocator($"iframe[name={name}]").Locator(".connection")).ToHaveAttributeAsync("data-connection", "Live", new() { Timeout = FirstLoad });
        }
        return page;
    }

    protected static ILocator Column(IPage page, string status) => page.Locator($".column[data-status={status}]");

    protected static ILocator Card(IPage page, string title) => page.Locator("[data-task]").Filter(new() { HasText = title });

    protected static ILocatorAssertions Expect(ILocator locator) => Assertions.Expect(locator);

    protected async Task<IPage> NewPageAsync(int width, int height, ColorScheme colours, Uri? server = null)
    {
        var context = await Browser.NewContextAsync(new() { BaseURL = (server ?? App.Address).ToString(), ViewportSize = new() { Width = width, Height = height }, ColorScheme = colours });
        _contexts.Add(context);
        var page = await context.NewPageAsync();
        page.PageError += (_, fault) => _faults.Add(fault);
        page.Console += (_, line) =>
        {
            if (line.Type == "error" && !Regex.IsMatch(line.Text, "WebSocket|ERR_CONNECTION_REFUSED|status of 401")) _faults.Add(line.Text);
        };
        return page;
    }
}
