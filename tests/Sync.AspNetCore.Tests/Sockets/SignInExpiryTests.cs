using Microsoft.Extensions.Time.Testing;
using Sync.AspNetCore.Tests.Guide;
using Sync.AspNetCore.Tests.Site;

namespace Sync.AspNetCore.Tests.Sockets;

public sealed class SignInExpiryTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [TestCase(60)]
    [TestCase(100_000)]
    [TestCase(10_000_000)]
    public async Task A_sign_in_that_expires_closes_the_socket_with_4401(int seconds)
    {
        var time = new FakeTimeProvider(Start);
        await using var site = await (await TestSite.StartBoardAsync(time: time)).WithDemoAsync();
        await using var client = await GuideClient.ConnectAsync(site, $"bob|{Start.AddSeconds(seconds).ToUnixTimeSeconds()}");
        await client.SubscribeAsync("tasks:task-1");
        await client.UpdatesAsync();

        time.Advance(TimeSpan.FromSeconds(seconds - 1));
        Assert.That(client.CloseCode, Is.Null);
        time.Advance(TimeSpan.FromSeconds(1.5));

        await client.WhenClosedAsync();
        Assert.That(client.CloseCode, Is.EqualTo(4401));
    }
}
