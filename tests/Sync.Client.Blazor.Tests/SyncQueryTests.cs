using Bunit;
using Microsoft.AspNetCore.Components;

namespace Sync.Client.Blazor.Tests;

public sealed class SyncQueryTests : SyncTests
{
    [Test]
    public async Task Rows_of_the_server_are_shown_and_kept_current()
    {
        await BobWritesAsync(new Todo("1", "home", "Mow"));
        var query = RenderQuery("home");
        WaitFor(query, "Mow");

        await BobWritesAsync(new Todo("2", "home", "Dust"), new Todo("3", "work", "Call"));
        WaitFor(query, "Dust, Mow");
    }

    [Test]
    public void Where_the_server_says_that_there_is_nothing_it_is_empty()
    {
        WaitFor(RenderQuery("nowhere"), "empty");
    }

    [Test]
    public async Task Until_the_server_answers_it_is_loading_and_not_empty()
    {
        await Ann.SignOutAsync();
        AnnsTransport.IsOffline = true;
        await Ann.SignInAsync(new SyncUser("ann"));

        var query = RenderQuery("home");

        query.MarkupMatches("loading");
        AnnsTransport.IsOffline = false;
        Ann.Nudge();
        WaitFor(query, "empty");
    }

    [Test]
    public async Task While_prerendering_it_is_loading_and_asks_nothing()
    {
        await BobWritesAsync(new Todo("1", "home", "Mow"));
        Page.Renderer.SetRendererInfo(new RendererInfo("Static", isInteractive: false));
        SyncRows<Todo>? rows = null;

        var query = Page.Render<SyncQuery<Todo>>(p => p.Add(q => q.Query, Query("home")).Add(q => q.ChildContent, r =>
        {
            rows = r;
            return r.IsLoading ? "loading" : "not loading";
        }));

        query.MarkupMatches("loading");
        Assert.That(rows!.Live, Is.Null);
    }

    [Test]
    public async Task Before_a_sign_in_it_is_loading_and_after_a_sign_out_again()
    {
        await BobWritesAsync(new Todo("1", "home", "Mow"));
        await Ann.SignOutAsync();
        var query = RenderQuery("home");
        query.MarkupMatches("loading");

        await Ann.SignInAsync(new SyncUser("ann"));
        WaitFor(query, "Mow");

        await Ann.SignOutAsync();
        WaitFor(query, "loading");

        await Ann.SignInAsync(new SyncUser("ann"));
        WaitFor(query, "Mow");
    }

    [Test]
    public async Task Another_query_takes_the_place_of_the_one_before_which_is_closed()
    {
        await BobWritesAsync(new Todo("1", "home", "Mow"), new Todo("2", "work", "Call"));
        SyncRows<Todo>? first = null;
        var query = RenderQuery("home", rows => first ??= rows);
        WaitFor(query, "Mow");

        query.Render(p => p.Add(q => q.Query, Query("work")));

        WaitFor(query, "Call");
        Assert.That(first!.IsOpen, Is.False);
    }

    [Test]
    public async Task An_equal_query_is_not_asked_anew()
    {
        await BobWritesAsync(new Todo("1", "home", "Mow"));
        var seen = new HashSet<SyncRows<Todo>>(ReferenceEqualityComparer.Instance);
        var query = RenderQuery("home", rows => seen.Add(rows));
        WaitFor(query, "Mow");

        query.Render(p => p.Add(q => q.Query, Query("home")));

        query.MarkupMatches("Mow");
        Assert.That(seen, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task When_the_component_goes_its_query_is_closed()
    {
        await BobWritesAsync(new Todo("1", "home", "Mow"));
        SyncRows<Todo>? rows = null;
        WaitFor(RenderQuery("home", r => rows = r), "Mow");

        await Page.DisposeComponentsAsync();

        Assert.That(rows!.IsOpen, Is.False);
    }

    [Test]
    public async Task Many_changes_at_once_are_few_renderings()
    {
        await BobWritesAsync(new Todo("0", "home", "T0"));
        var query = RenderQuery("home", interval: TimeSpan.FromMilliseconds(100));
        query.WaitForState(() =>
        {
            Time.Advance(TimeSpan.FromMilliseconds(100));
            return query.Markup == "T0";
        });
        var before = query.RenderCount;

        for (var i = 1; i < 10; i++) await Ann.Table<Todo>().CreateAsync(new Todo($"{i}", "home", $"T{i}"));
        await query.InvokeAsync(() => { });
        Assert.That(query.RenderCount - before, Is.LessThanOrEqualTo(1));

        Time.Advance(TimeSpan.FromMilliseconds(100));
        WaitFor(query, "T0, T1, T2, T3, T4, T5, T6, T7, T8, T9");
    }
}
