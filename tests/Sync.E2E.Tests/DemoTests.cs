using Microsoft.Playwright;

namespace Sync.E2E.Tests;

/// <summary>The page that shows two people side by side.</summary>
public sealed class DemoTests : BrowserTests
{
    [Test]
    public async Task What_one_moves_on_the_left_moves_on_the_right()
    {
        var (_, alice, bob) = await OpenDemoAsync();

        await Card(alice, "Print the posters").FocusAsync();
        await Card(alice, "Print the posters").PressAsync("Alt+ArrowRight");

        await Expect(Column(bob, "in_progress").GetByText("Print the posters")).ToBeVisibleAsync(new() { Timeout = Soon });
    }

    [Test]
    public async Task A_side_that_is_switched_off_goes_on_and_both_come_together_again()
    {
        var (page, alice, bob) = await OpenDemoAsync();

        await page.GetByRole(AriaRole.Switch, new() { Name = "Bob's network" }).ClickAsync();
        await Expect(bob.Locator(".connection.offline")).ToBeVisibleAsync(new() { Timeout = Soon });
        await Expect(alice.Locator(".connection")).ToHaveAttributeAsync("data-connection", "Live");

        await RenameAsync(alice, "Print the posters", "Print forty posters");
        await RenameAsync(bob, "Print the posters", "Print the posters in colour");
        await Card(bob, "Print the posters in colour").Locator("select[name=assigneeId]").SelectOptionAsync("bob");
        await RenameAsync(alice, "Find a band", "Find two bands");
        await Expect(bob.Locator("[data-mark=waiting]")).ToHaveCountAsync(1);
        await Expect(alice.Locator(".connection")).ToHaveAttributeAsync("data-pending", "0");
        await Expect(Card(bob, "Find two bands")).ToHaveCountAsync(0);
        await Expect(Card(alice, "Print the posters in colour")).ToHaveCountAsync(0);

        await page.GetByRole(AriaRole.Switch, new() { Name = "Bob's network" }).ClickAsync();
        foreach (var seat in new[] { alice, bob })
        {
            await Expect(Card(seat, "Print the posters in colour").Locator("select[name=assigneeId]")).ToHaveValueAsync("bob", new() { Timeout = Soon });
            await Expect(Card(seat, "Find two bands")).ToBeVisibleAsync(new() { Timeout = Soon });
            await Expect(Card(seat, "Print forty posters")).ToHaveCountAsync(0);
        }
        await Expect(bob.Locator(".connection.offline")).ToHaveCountAsync(0);
    }

    [Test]
    public async Task A_side_that_is_off_stays_off_when_it_is_loaded_again()
    {
        var (page, alice, bob) = await OpenDemoAsync();
        await page.GetByRole(AriaRole.Switch, new() { Name = "Bob's network" }).ClickAsync();
        await Expect(bob.Locator(".connection.offline")).ToBeVisibleAsync(new() { Timeout = Soon });

        await page.EvaluateAsync("() => document.querySelector('iframe[name=bob]').contentWindow.location.reload()");
        await Expect(Card(bob, "Print the posters")).ToBeVisibleAsync(new() { Timeout = FirstLoad });
        await RenameAsync(bob, "Print the posters", "Print forty posters");
        await RenameAsync(alice, "Find a band", "Find two bands");
        await Expect(alice.Locator(".connection")).ToHaveAttributeAsync("data-pending", "0");
        await Expect(bob.Locator(".connection")).ToHaveAttributeAsync("data-pending", "1");
        await Expect(bob.Locator(".connection.offline")).ToBeVisibleAsync();
    }

    [Test]
    public async Task Undo_on_the_left_leaves_what_was_done_on_the_right()
    {
        var (page, alice, bob) = await OpenDemoAsync();
        await RenameAsync(alice, "Print the posters", "Print forty posters");
        await Expect(Card(bob, "Print forty posters")).ToBeVisibleAsync(new() { Timeout = Soon });
        await Card(bob, "Print forty posters").Locator("select[name=assigneeId]").SelectOptionAsync("bob");
        await Expect(Card(alice, "Print forty posters").Locator("select[name=assigneeId]")).ToHaveValueAsync("bob", new() { Timeout = Soon });

        await Card(alice, "Print forty posters").FocusAsync();
        await page.Keyboard.PressAsync("Control+z");

        foreach (var seat in new[] { alice, bob })
        {
            await Expect(Card(seat, "Print the posters").Locator("select[name=assigneeId]")).ToHaveValueAsync("bob", new() { Timeout = Soon });
        }
    }

    [Test]
    public async Task Who_is_taken_out_on_the_left_sees_the_board_vanish_on_the_right()
    {
        var (_, alice, bob) = await OpenDemoAsync();

        await alice.Locator(".members").ClickAsync();
        await alice.GetByRole(AriaRole.Button, new() { Name = "Remove Bob" }).ClickAsync();

        await Expect(bob.Locator(".nothing h1")).ToHaveTextAsync("No longer shared with you", new() { Timeout = Soon });
        await Expect(bob.Locator("[data-task]")).ToHaveCountAsync(0);
    }

    [Test]
    public async Task The_app_leads_to_it_and_the_frames_leave_the_tab_its_user()
    {
        var carol = await OpenAsync("carol");
        await carol.GetByRole(AriaRole.Link, new() { Name = "Two people side by side" }).ClickAsync();
        await Expect(Card(carol.FrameLocator("iframe[name=alice]"), "Print the posters")).ToBeVisibleAsync(new() { Timeout = FirstLoad });
        await Expect(Card(carol.FrameLocator("iframe[name=bob]"), "Print the posters")).ToBeVisibleAsync(new() { Timeout = FirstLoad });

        await carol.Locator(".brand").ClickAsync();
        await Expect(carol.Locator("select[name=user]")).ToHaveValueAsync("carol", new() { Timeout = FirstLoad });
    }

    [Test]
    public async Task Only_pages_of_the_app_itself_may_frame_it()
    {
        using var http = new HttpClient { BaseAddress = App.Address };
        foreach (var path in new[] { "", "demo", "workspaces/demo" })
        {
            using var page = await http.GetAsync(path);
            Assert.That(page.Headers.GetValues("Content-Security-Policy").Single(), Does.Contain("frame-ancestors 'self'"), path);
        }
    }

    private async Task<(IPage Page, IFrameLocator Alice, IFrameLocator Bob)> OpenDemoAsync(int width = 1440, int height = 900)
    {
        var page = await OpenDemoPageAsync(width, height);
        return (page, page.FrameLocator("iframe[name=alice]"), page.FrameLocator("iframe[name=bob]"));
    }

    private static ILocator Column(IFrameLocator seat, string status) => seat.Locator($".column[data-status={status}]");

    private static ILocator Card(IFrameLocator seat, string title) => seat.Locator("[data-task]").Filter(new() { HasText = title });

    private static async Task RenameAsync(IFrameLocator seat, string from, string to)
    {
        await Card(seat, from).GetByTitle("Change the title").ClickAsync();
        await seat.GetByLabel("Title").FillAsync(to);
        await seat.GetByLabel("Title").PressAsync("Enter");
        await Expect(Card(seat, to)).ToHaveCountAsync(1);
    }
}
