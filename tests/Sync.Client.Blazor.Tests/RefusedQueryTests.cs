using Sync.Server;

namespace Sync.Client.Blazor.Tests;

public sealed class RefusedQueryTests : SyncTests
{
    protected override void Configure(SyncServerOptions options) => options.MaxSubscriptionsPerSession = 1;

    [Test]
    public async Task What_the_server_refuses_is_shown_as_refused()
    {
        await BobWritesAsync(new Todo("1", "home", "Mow"));
        WaitFor(RenderQuery("home"), "Mow");

        var refused = RenderQuery("work");

        WaitFor(refused, $"refused: {ErrorCodes.TooManySubscriptions}");
    }
}
