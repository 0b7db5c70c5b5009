using System.Diagnostics;
using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Sync.Tests;

namespace Sync.E2E.Tests;

/// <summary>A browser with a profile on disk, as a person has one: it can be killed and started again.</summary>
internal sealed class OwnBrowser : IAsyncDisposable
{
    private readonly IPlaywright _playwright;
    private readonly string _profile = Directory.CreateTempSubdirectory("chromium-profile-").FullName;
    private readonly List<string> _faults = [];
    private readonly int _width;
    private IBrowserContext? _context;

    private OwnBrowser(IPlaywright playwright, int width) => (_playwright, _width) = (playwright, width);

    /// <summary>Errors on the pages' consoles, but for those that tell of a server that is down.</summary>
    public IReadOnlyList<string> Faults => _faults;

    public static async Task<OwnBrowser> StartAsync(IPlaywright playwright, int width = 1280)
    {
        var browser = new OwnBrowser(playwright, width);
        await browser.StartAgainAsync();
        return browser;
    }

    public async Task StartAgainAsync()
    {
        _context = await _playwright.Chromium.LaunchPersistentContextAsync(_profile, new()
        {
            ExecutablePath = Programs.Chromium,
            Args = BrowserTests.ChromiumArguments,
            ViewportSize = new() { Width = _width, Height = 844 },
        });
    }

    public async Task<IPage> NewPageAsync(Uri address)
    {
        var page = await _context!.NewPageAsync();
        page.PageError += (_, fault) => _faults.Add(fault);
        page.Console += (_, line) =>
        {
            if (line.Type == "error" && !Regex.IsMatch(line.Text, "WebSocket|ERR_CONNECTION_REFUSED|ERR_INTERNET_DISCONNECTED|unknown error occurred when fetching the script")) _faults.Add(line.Text);
        };
        await page.GotoAsync(address.ToString());
        return page;
    }

    public Task SetOfflineAsync(bool isOffline) => _context!.SetOfflineAsync(isOffline);

    /// <summary>kill -9 of all its processes.</summary>
    public async Task KillAsync()
    {
        var context = _context!;
        _context = null;
        foreach (var process in Process.GetProcesses().Where(IsMine))
        {
            process.Kill();
            await process.WaitForExitAsync();
        }
        await context.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_context is not null) await _context.DisposeAsync();
        Directory.Delete(_profile, recursive: true);
    }

    private bool IsMine(Process process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process.Id}/cmdline").Contains(_profile, StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
