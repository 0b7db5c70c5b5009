using Bunit;

namespace Sync.Client.Blazor.Tests;

public sealed class SyncStatusTests : SyncTests
{
    [Test]
    public void A_live_connection_is_told_in_a_word()
    {
        WaitFor(Page.Render<SyncStatus>(p => p.Add(s => s.RenderInterval, TimeSpan.Zero)), """<span class="sync-status" data-connection="Live" role="status">Live</span>""");
    }

    [Test]
    public async Task Without_a_connection_the_writes_that_wait_are_counted()
    {
        var status = Page.Render<SyncStatus>(p => p.Add(s => s.RenderInterval, TimeSpan.Zero).Add(s => s.ChildContent, s => $"{s.Connection} {s.PendingWrites}"));
        WaitFor(status, "Live 0");

        AnnsTransport.IsOffline = true;
        await Server.EndSessionsAsync("ann");
        status.WaitForState(() => !status.Markup.StartsWith("Live"));
        await Ann.Table<Todo>().CreateAsync(new Todo("1", "home", "Mow"));
        await Ann.Table<Todo>().CreateAsync(new Todo("2", "home", "Dust"));

        status.WaitForState(() => status.Markup.EndsWith(" 2"));
    }
}
