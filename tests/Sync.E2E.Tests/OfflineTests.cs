using Microsoft.Playwright;

namespace Sync.E2E.Tests;

/// <summary>The published app with no network and no server: what was seen is there, what is written is kept and goes out later.</summary>
public sealed class OfflineTests : BrowserTests
{
    private const float Patience = 20_000;

    private readonly List<OwnBrowser> _browsers = [];

    private protected override async Task<TaskAppProcess> StartAppAsync() => await TaskAppProcess.StartAsync(published: await PublishedApp.FolderAsync());

    [TearDown]
    public async Task CloseBrowsers()
    {
        var faults = _browsers.SelectMany(browser => browser.Faults).ToList();
        foreach (var browser in _browsers) await browser.DisposeAsync();
        _browsers.Clear();
        Assert.That(faults, Is.Empty, "Errors on the pages' consoles.");
    }

    [Test]
    public async Task Ten_edits_made_offline_survive_a_reload_a_closed_tab_and_a_killed_browser_and_reach_another_user_who_edited_meanwhile()
    {
        var browser = await StartBrowserAsync();
        var alice = await OpenKeptAsync(browser, "alice");
        for (var i = 1; i <= 5; i++) await AddAsync(alice, $"Chore {i}");
        await Expect(Line(alice)).ToHaveAttributeAsync("data-pending", "0");
        string[] tasks = ["Ask the school", "Print the posters", "Find a band", "Book the cake stall", "Agree on a date", "Chore 1", "Chore 2", "Chore 3", "Chore 4", "Chore 5"];

        await GoDownAsync(alice);
        foreach (var (task, i) in tasks.Select((task, i) => (task, i))) await RenameAsync(alice, task, $"Edited offline no. {i}");
        await SeesAllTenAsync(alice);
        await Expect(alice.Locator("[data-mark=waiting]")).ToHaveCountAsync(10);

        await alice.ReloadAsync();
        await SeesAllTenAsync(alice);
        await alice.CloseAsync();
        await SeesAllTenAsync(await browser.NewPageAsync(App.Address));
        await browser.KillAsync();

        await App.StartAgainAsync();
        var bob = await OpenAsync("bob");
        await Card(bob, "Print the posters").HoverAsync();
        await Card(bob, "Print the posters").Locator("select[name=assigneeId]").SelectOptionAsync("bob");
        await AddAsync(bob, "Bob was here");
        await Expect(Line(bob)).ToHaveAttributeAsync("data-pending", "0");
        await App.KillAsync();

        await browser.StartAgainAsync();
        alice = await browser.NewPageAsync(App.Address);
        await SeesAllTenAsync(alice);
        await Expect(Line(alice)).ToHaveAttributeAsync("data-pending", "10");

        await App.StartAgainAsync();
        await NudgeAsync(alice);
        await NudgeAsync(bob);
        await Expect(Line(alice)).ToHaveAttributeAsync("data-connection", "Live", new() { Timeout = Patience });
        await Expect(Line(alice)).ToHaveAttributeAsync("data-pending", "0");
        await SeesAllTenAsync(bob);
        await Expect(Card(alice, "Bob was here")).ToBeVisibleAsync(new() { Timeout = Soon });
        await Expect(Card(alice, "Edited offline no. 1").Locator("select[name=assigneeId]")).ToHaveValueAsync("bob");
        await Expect(alice.Locator("[data-mark=waiting]")).ToHaveCountAsync(0);
    }

    [Test]
    public async Task A_lost_network_is_told_at_once_and_what_is_written_meanwhile_goes_out_when_it_is_back()
    {
        var browser = await StartBrowserAsync();
        var alice = await OpenKeptAsync(browser, "alice");
        var bob = await OpenAsync("bob");

        await browser.SetOfflineAsync(true);
        await Expect(alice.Locator(".connection.offline")).ToBeVisibleAsync(new() { Timeout = Soon });
        await alice.ReloadAsync();
        await Expect(Card(alice, "Print the posters")).ToBeVisibleAsync(new() { Timeout = Patience });
        await RenameAsync(alice, "Print the posters", "Print the posters twice");
        await Expect(Line(alice)).ToHaveAttributeAsync("data-pending", "1");
        await RenameAsync(bob, "Find a band", "Found a band");
        await Expect(Line(bob)).ToHaveAttributeAsync("data-pending", "0");

        await browser.SetOfflineAsync(false);
        await Expect(Card(bob, "Print the posters twice")).ToBeVisibleAsync(new() { Timeout = Patience });
        await Expect(Card(alice, "Found a band")).ToBeVisibleAsync(new() { Timeout = Patience });
        await Expect(alice.Locator(".connection.offline")).ToHaveCountAsync(0);
    }

    [TestCase("/tasks/task-1")]
    [TestCase("/workspaces/demo")]
    public async Task An_address_within_the_app_opens_with_the_server_stopped(string path)
    {
        var browser = await StartBrowserAsync();
        var alice = await OpenKeptAsync(browser, "alice", path);
        await alice.CloseAsync();
        await App.KillAsync();

        alice = await browser.NewPageAsync(new Uri(App.Address, path));

        await Expect(alice.Locator("main h1 .editable")).ToHaveValueAsync(path == "/workspaces/demo" ? "Summer fair" : "Ask the school for the field", new() { Timeout = Patience });
        await Expect(alice.Locator(".connection.offline")).ToBeVisibleAsync();
    }

    [Test]
    public async Task The_page_of_two_people_opens_with_the_server_stopped()
    {
        var browser = await StartBrowserAsync();
        var page = await browser.NewPageAsync(new Uri(App.Address, "/demo"));
        ILocator In(string name) => page.FrameLocator($"iframe[name={name}]").Locator("[data-task]").Filter(new() { HasText = "Print the posters" });
        foreach (var name in new[] { "alice", "bob" }) await Expect(In(name)).ToBeVisibleAsync(new() { Timeout = FirstLoad });
        await page.EvaluateAsync("() => navigator.serviceWorker.ready.then(() => true)");
        await App.KillAsync();

        await page.ReloadAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("Two people, one board");
        foreach (var name in new[] { "alice", "bob" }) await Expect(In(name)).ToBeVisibleAsync(new() { Timeout = Patience });
    }

    [Test]
    public async Task Two_tabs_write_offline_and_one_that_opens_later_sends_what_both_left()
    {
        var browser = await StartBrowserAsync();
        var first = await OpenKeptAsync(browser, "alice");
        var second = await browser.NewPageAsync(App.Address);
        await Expect(Line(second)).ToHaveAttributeAsync("data-connection", "Live", new() { Timeout = Patience });

        await GoDownAsync(first);
        await AddAsync(first, "From the first tab");
        await AddAsync(second, "From the second tab");
        await Expect(Line(first)).ToHaveAttributeAsync("data-pending", "1");
        await Expect(Line(second)).ToHaveAttributeAsync("data-pending", "1");
        await first.CloseAsync();
        await second.CloseAsync();

        var third = await browser.NewPageAsync(App.Address);
        await Expect(Card(third, "From the first tab")).ToBeVisibleAsync(new() { Timeout = Patience });
        await Expect(Card(third, "From the second tab")).ToBeVisibleAsync();
        await Expect(Line(third)).ToHaveAttributeAsync("data-pending", "2");

        await App.StartAgainAsync();
        await NudgeAsync(third);
        await Expect(Line(third)).ToHaveAttributeAsync("data-pending", "0", new() { Timeout = Patience });
        var bob = await OpenAsync("bob");
        await Expect(Card(bob, "From the first tab")).ToHaveCountAsync(1);
        await Expect(Card(bob, "From the second tab")).ToHaveCountAsync(1);
    }

    [Test]
    public async Task Two_tabs_stay_current_side_by_side_and_the_one_that_is_left_goes_on()
    {
        var browser = await StartBrowserAsync();
        var first = await OpenKeptAsync(browser, "alice");
        var second = await browser.NewPageAsync(App.Address);
        await Expect(Card(second, "Print the posters")).ToBeVisibleAsync(new() { Timeout = Patience });

        await AddAsync(first, "Seen in the other tab");
        await Expect(Card(second, "Seen in the other tab")).ToBeVisibleAsync(new() { Timeout = Soon });
        await first.CloseAsync();
        await AddAsync(second, "Written by the one that is left");
        await Expect(Line(second)).ToHaveAttributeAsync("data-pending", "0");
        var bob = await OpenAsync("bob");
        await Expect(Card(bob, "Written by the one that is left")).ToHaveCountAsync(1);
    }

    [Test]
    public async Task A_write_made_offline_and_refused_later_waits_in_the_tray_over_a_restart_until_it_is_mended()
    {
        var browser = await StartBrowserAsync();
        var alice = await OpenKeptAsync(browser, "alice");
        await GoDownAsync(alice);
        await AddAsync(alice, "BUY MILK");
        await App.StartAgainAsync();
        await NudgeAsync(alice);
        await Expect(alice.Locator(".attention-badge")).ToHaveAttributeAsync("data-count", "1", new() { Timeout = Patience });
        await Expect(Card(alice, "BUY MILK")).ToHaveCountAsync(0);

        await App.KillAsync();
        await browser.KillAsync();
        await browser.StartAgainAsync();
        alice = await browser.NewPageAsync(new Uri(App.Address, "attention"));
        var item = alice.Locator(".tray-item");
        await Expect(item.Locator(".why")).ToContainTextAsync("a title is not written all in capitals", new() { Timeout = Patience });
        await item.GetByRole(AriaRole.Button, new() { Name = "Edit" }).ClickAsync();
        await item.GetByLabel("Title").FillAsync("Buy milk");
        await item.GetByRole(AriaRole.Button, new() { Name = "Send" }).ClickAsync();
        await Expect(Line(alice)).ToHaveAttributeAsync("data-pending", "1");

        await App.StartAgainAsync();
        await NudgeAsync(alice);
        await Expect(Line(alice)).ToHaveAttributeAsync("data-pending", "0", new() { Timeout = Patience });
        var bob = await OpenAsync("bob");
        await Expect(Card(bob, "Buy milk")).ToBeVisibleAsync();
    }

    [Test]
    public async Task What_was_done_online_is_undone_offline_after_a_reload_and_the_others_work_stays()
    {
        var browser = await StartBrowserAsync();
        var alice = await OpenKeptAsync(browser, "alice");
        var bob = await OpenAsync("bob");
        await RenameAsync(alice, "Print the posters", "Print forty posters");
        await RenameAsync(alice, "Find a band", "Find two bands");
        await Expect(Card(bob, "Find two bands")).ToBeVisibleAsync(new() { Timeout = Soon });
        await RenameAsync(bob, "Find two bands", "Bob found a band");
        await Card(bob, "Print forty posters").Locator("select[name=assigneeId]").SelectOptionAsync("bob");
        await Expect(Line(bob)).ToHaveAttributeAsync("data-pending", "0");
        await GoDownAsync(alice);

        await alice.ReloadAsync();
        await Expect(Card(alice, "Print forty posters")).ToBeVisibleAsync(new() { Timeout = Patience });
        await Card(alice, "Print forty posters").FocusAsync();
        await alice.Keyboard.PressAsync("Control+z");
        await alice.Keyboard.PressAsync("Control+z");
        await Expect(Card(alice, "Print the posters")).ToHaveCountAsync(1);

        await App.StartAgainAsync();
        await NudgeAsync(alice);
        await NudgeAsync(bob);
        await Expect(Line(alice)).ToHaveAttributeAsync("data-pending", "0", new() { Timeout = Patience });
        await Expect(Card(bob, "Print the posters").Locator("select[name=assigneeId]")).ToHaveValueAsync("bob", new() { Timeout = Patience });
        foreach (var page in new[] { alice, bob }) await Expect(Card(page, "Bob found a band")).ToBeVisibleAsync(new() { Timeout = Patience });
    }

    private async Task<OwnBrowser> StartBrowserAsync()
    {
        var browser = await OwnBrowser.StartAsync(Playwright);
        _browsers.Add(browser);
        return browser;
    }

    /// <summary>Opens the app and waits until the service worker has all of its files.</summary>
    private async Task<IPage> OpenKeptAsync(OwnBrowser browser, string user, string path = "/")
    {
        var page = await browser.NewPageAsync(new Uri(App.Address, $"{path}?user={user}"));
        await Expect(Line(page)).ToHaveAttributeAsync("data-connection", "Live", new() { Timeout = FirstLoad });
        await Expect(path == "/" ? Card(page, "Print the posters") : page.Locator("main h1")).ToBeVisibleAsync();
        await page.EvaluateAsync("() => navigator.serviceWorker.ready.then(() => true)");
        return page;
    }

    private async Task GoDownAsync(IPage page)
    {
        await App.KillAsync();
        await Expect(page.Locator(".connection.offline")).ToBeVisibleAsync();
    }

    private async Task SeesAllTenAsync(IPage page)
    {
        for (var i = 0; i < 10; i++) await Expect(Card(page, $"Edited offline no. {i}")).ToHaveCountAsync(1, new() { Timeout = Patience });
    }

    /// <summary>As the browser does when the network is back.</summary>
    private static Task NudgeAsync(IPage page) => page.EvaluateAsync("() => dispatchEvent(new Event('online'))");

    private static ILocator Line(IPage page) => page.Locator(".connection");

    private static async Task AddAsync(IPage page, string title)
    {
        await Column(page, "todo").GetByPlaceholder("Add a task").FillAsync(title);
        await page.Keyboard.PressAsync("Enter");
        await Expect(Card(page, title)).ToHaveCountAsync(1);
    }

    private static async Task RenameAsync(IPage page, string from, string to)
    {
        await Card(page, from).GetByTitle("Change the title").ClickAsync();
        await page.GetByLabel("Title").FillAsync(to);
        await page.Keyboard.PressAsync("Enter");
        await Expect(Card(page, to)).ToHaveCountAsync(1);
    }
}
