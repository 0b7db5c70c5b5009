using Microsoft.Playwright;
using Sync.Testing;
using Sync.Tests;

namespace Sync.E2E.Tests;

/// <summary>The browser's storage in Chromium, in an app that is published and trimmed.</summary>
[NonParallelizable]
public sealed class IndexedDbTests
{
    private const int Room = 3_000_000;

    private static readonly string[] Arguments =
        ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];

    private StorageSite? _site;
    private IPlaywright? _playwright;
    private IBrowser? _browser;
    private IBrowserContext? _shared;
    private IPage? _page;

    [OneTimeSetUp]
    public async Task StartAsync()
    {
        var chromium = Programs.Chromium;
        _site = await StorageSite.StartAsync();
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = chromium, Args = Arguments });
        _shared = await _browser.NewContextAsync();
        _page = await OpenPageAsync(_shared);
    }

    [OneTimeTearDown]
    public async Task StopAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        if (_site is not null) await _site.DisposeAsync();
    }

    private static IEnumerable<TestCaseData> Cases() => RecordStorageConformance.Cases.Select(one => new TestCaseData(one.ToString()).SetName($"IndexedDB.{one}"));

    [TestCaseSource(nameof(Cases))]
    public async Task Conforms(string name) => Assert.That(await AskAsync(_page!, "RunCase", name), Is.Null);

    [Test]
    public async Task What_a_tab_had_written_is_there_after_it_crashed_and_its_queue_is_adopted()
    {
        await using var context = await _browser!.NewContextAsync();
        var (first, second) = (await OpenPageAsync(context), await OpenPageAsync(context));
        Assert.That(await AskAsync(first, "Open", "a"), Is.EqualTo("a 0 writer []"));
        Assert.That(await AskAsync(second, "Open", "b"), Is.EqualTo("b 0 other []"));
        Assert.That(await AskAsync(first, "Enqueue", "a", 1), Is.EqualTo("written"));
        Assert.That(await AskAsync(first, "Put", "one", 10), Is.EqualTo("written"));
        Assert.That(await AskAsync(second, "Put", "two", 10), Is.EqualTo(nameof(InvalidOperationException)));
        Assert.That(await AskAsync(second, "BecomeWriter"), Is.EqualTo("False"));

        await CrashAsync(first);
        var third = await OpenPageAsync(context);
        Assert.That(await AskAsync(third, "Open", "c"), Is.EqualTo("a 1 writer [a-1]"));
        Assert.That(await AskAsync(third, "Records"), Is.EqualTo("one:10"));
        Assert.That(await AskAsync(second, "Enqueue", "b", 1), Is.EqualTo("written"));
    }

    [Test, Platform("Linux")]
    public async Task What_was_written_is_there_after_the_whole_browser_was_killed()
    {
        using var profile = new BrowserProfile();
        var first = await OpenProfileAsync(profile);
        await AskAsync(first, "Open", "a");
        for (var seq = 1; seq <= 5; seq++) Assert.That(await AskAsync(first, "Enqueue", "a", seq), Is.EqualTo("written"));
        Assert.That(await AskAsync(first, "Put", "one", 100_000), Is.EqualTo("written"));
        await profile.KillAsync();

        var second = await OpenProfileAsync(profile);
        Assert.That(await AskAsync(second, "Open", "b"), Is.EqualTo("a 5 writer [a-1 a-2 a-3 a-4 a-5]"));
        Assert.That(await AskAsync(second, "Records"), Is.EqualTo("one:100000"));
        await profile.KillAsync();
    }

    [Test]
    public async Task A_storage_of_version_1_keeps_all_that_was_in_it_and_takes_undo_steps()
    {
        await using var context = await _browser!.NewContextAsync();
        var page = await OpenPageAsync(context);
        using (var former = new StreamReader(typeof(IndexedDbTests).Assembly.GetManifestResourceStream("storage-1.json")!))
            await page.EvaluateAsync("([name, dump]) => harness.restore(name, dump)", new[] { await AskAsync(page, "Database"), await former.ReadToEndAsync() });

        Assert.That(await AskAsync(page, "Open", "c"), Is.EqualTo("b 3 writer [a-1 a-2 b-2 b-3]"));
        Assert.That(await AskAsync(page, "Loaded"), Is.EqualTo("""a-1: a-2: b-2:Rename b-3: | t1 | {"table":"things"} | x:not_allowed | """));
        Assert.That(await AskAsync(page, "Records"), Is.EqualTo("one: two:"));
        Assert.That(await AskAsync(page, "Remember", 1, "one"), Is.EqualTo("written"));
        Assert.That(await AskAsync(page, "LoadAgain", "d"), Is.EqualTo("b 3 writer [a-1 a-2 b-2 b-3]"));
        Assert.That(await AskAsync(page, "Loaded"), Does.EndWith("| 1:\"one\""));
    }

    [Test]
    public async Task A_tab_of_a_former_version_makes_way_for_a_newer_one()
    {
        await using var context = await _browser!.NewContextAsync();
        var (former, page) = (await OpenPageAsync(context), await OpenPageAsync(context));
        var name = await AskAsync(page, "Database");
        await former.EvaluateAsync("""
            name => new Promise(resolve => {
              const request = indexedDB.open(name, 1);
              request.onupgradeneeded = () => { for (const store of ['state', 'partitions', 'queue', 'tray', 'records', 'subscriptions']) request.result.createObjectStore(store); };
              request.onsuccess = () => { request.result.onversionchange = () => request.result.close(); resolve(); };
            })
            """, name);
        Assert.That(await AskAsync(page, "Open", "a"), Is.EqualTo("a 0 writer []"));
        Assert.That(await AskAsync(page, "Remember", 1, "one"), Is.EqualTo("written"));
    }

    [Test]
    public async Task Undo_steps_of_partitions_that_are_adopted_left_or_removed_leave_the_disk()
    {
        await using var context = await _browser!.NewContextAsync();
        var pages = new[] { await OpenPageAsync(context), await OpenPageAsync(context), await OpenPageAsync(context) };
        foreach (var (page, id) in pages.Zip(["a", "b", "c"]))
        {
            await AskAsync(page, "Open", id);
            await AskAsync(page, "Remember", 1, $"of {id}");
        }
        await AskAsync(pages[0], "Enqueue", "a", 1);
        var last = await OpenPageAsync(context);
        Assert.That(await StepsAsync(), Is.EqualTo(new[] { "a", "b", "c" }));
        foreach (var page in pages) await CrashAsync(page);
        await last.WaitForFunctionAsync("async () => (await navigator.locks.query()).held.length === 0");

        Assert.That(await AskAsync(last, "Open", "d"), Is.EqualTo("c 0 writer [a-1]"));
        Assert.That(await StepsAsync(), Is.EqualTo(new[] { "c" }));
        Assert.That(await AskAsync(last, "GoOnAs", "new"), Is.EqualTo("written"));
        Assert.That(await StepsAsync(), Is.Empty);

        async Task<string[]> StepsAsync() => await last.EvaluateAsync<string[]>(
            "async name => JSON.parse(await harness.dump(name)).undoSteps.map(([key]) => key[0])", await AskAsync(last, "Database"));
    }

    [Test]
    public async Task A_tab_that_is_closed_leaves_the_writers_place()
    {
        await using var context = await _browser!.NewContextAsync();
        var (first, second) = (await OpenPageAsync(context), await OpenPageAsync(context));
        await AskAsync(first, "Open", "a");
        await AskAsync(second, "Open", "b");
        await first.CloseAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (await AskAsync(second, "BecomeWriter") != "True") Assert.That(patience.IsCancellationRequested, Is.False, "the browser frees the locks of a closed tab");
        Assert.That(await AskAsync(second, "Put", "one", 10), Is.EqualTo("written"));
    }

    [Test]
    public async Task A_write_for_which_there_is_no_room_fails_by_type_and_the_next_one_is_written()
    {
        await using var context = await _browser!.NewContextAsync();
        var page = await OpenPageAsync(context);
        var devTools = await context.NewCDPSessionAsync(page);
        await devTools.SendAsync("Storage.overrideQuotaForOrigin", new() { ["origin"] = _site!.Address.GetLeftPart(UriPartial.Authority), ["quotaSize"] = Room });
        await AskAsync(page, "Open", "a");
        Assert.That(await AskAsync(page, "Put", "large", 4 * Room), Is.EqualTo("StorageFullException"));
        Assert.That(await AskAsync(page, "Records"), Is.Empty);
        Assert.That(await AskAsync(page, "Put", "small", 10), Is.EqualTo("written"));
        Assert.That(await AskAsync(page, "Records"), Is.EqualTo("small:10"));
    }

    [Test]
    public async Task A_newer_version_in_another_tab_is_not_held_up_and_this_one_says_that_it_was_closed()
    {
        await using var context = await _browser!.NewContextAsync();
        var (first, second) = (await OpenPageAsync(context), await OpenPageAsync(context));
        await AskAsync(first, "Open", "a");
        var name = (await first.EvaluateAsync<string[]>("async () => (await indexedDB.databases()).map(one => one.name)")).Single();
        await second.EvaluateAsync("name => harness.makeNewer(name)", name);
        Assert.That(await AskAsync(first, "Enqueue", "a", 1), Is.EqualTo(nameof(IOException)));
        Assert.That(await AskAsync(second, "Open", "b"), Is.EqualTo("StorageFormatException"));
    }

    [Test]
    public async Task Without_Web_Locks_only_the_newest_tab_can_write()
    {
        await using var context = await _browser!.NewContextAsync();
        await context.AddInitScriptAsync("Object.defineProperty(Navigator.prototype, 'locks', { get: () => undefined })");
        var (first, second) = (await OpenPageAsync(context), await OpenPageAsync(context));
        Assert.That(await AskAsync(first, "Open", "a"), Is.EqualTo("a 0 writer []"));
        Assert.That(await AskAsync(first, "Enqueue", "a", 1), Is.EqualTo("written"));
        Assert.That(await AskAsync(second, "Open", "b"), Is.EqualTo("a 1 writer [a-1]"));
        Assert.That(await AskAsync(second, "Enqueue", "a", 2), Is.EqualTo("written"));
        Assert.That(await AskAsync(first, "Enqueue", "a", 2), Is.EqualTo("StorageTakenOverException"));
        Assert.That(await AskAsync(first, "LoadAgain", "c"), Is.EqualTo(nameof(IOException)));
        Assert.That(await AskAsync(second, "Enqueue", "a", 3), Is.EqualTo("written"));
    }

    [Test, Explicit("Figures for docs/benchmarks.md.")]
    public async Task How_long_a_durable_write_takes_beside_a_raw_put()
    {
        using var profile = new BrowserProfile();
        var page = await OpenProfileAsync(profile);
        await AskAsync(page, "Open", "a");
        for (var round = 0; round < 3; round++) TestContext.Out.WriteLine(await AskAsync(page, "MeasureWrites", 300));
        await profile.KillAsync();
    }

    private static Task<string?> AskAsync(IPage page, string command, params object[] arguments) =>
        page.EvaluateAsync<string?>("([command, ...rest]) => DotNet.invokeMethodAsync('Sync.StorageHost', command, ...rest)", new object[] { command }.Concat(arguments).ToArray());

    private static async Task CrashAsync(IPage page)
    {
        var crashed = new TaskCompletionSource();
        page.Crash += (_, _) => crashed.TrySetResult();
        var going = page.GotoAsync("chrome://crash");
        await crashed.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.That(async () => await going, Throws.InstanceOf<PlaywrightException>());
    }

    private async Task<IPage> OpenProfileAsync(BrowserProfile profile) =>
        await OpenPageAsync(await _playwright!.Chromium.LaunchPersistentContextAsync(profile.Folder, new() { ExecutablePath = Programs.Chromium, Args = Arguments }));

    private async Task<IPage> OpenPageAsync(IBrowserContext context)
    {
        var page = await context.NewPageAsync();
        await page.GotoAsync(_site!.Address.ToString());
        await page.EvaluateAsync("() => globalThis.ready.then(() => true)");
        return page;
    }
}
