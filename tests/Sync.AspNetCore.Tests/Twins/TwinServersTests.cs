using Microsoft.Extensions.Time.Testing;
using Sync.AspNetCore.Tests.Site;
using Sync.Server;
using Sync.Server.Sqlite;

namespace Sync.AspNetCore.Tests.Twins;

/// <summary>
/// Two servers on SQLite that differ in what bob may never read: which records there are, what becomes of them, who else is a member, what stands in a field that never leaves the
/// server. By all that he can ask over HTTP and over sockets he cannot tell which of them he talks to.
/// </summary>
[Parallelizable(ParallelScope.All)]
public sealed class TwinServersTests
{
    private static readonly DateTimeOffset Then = new(2026, 3, 1, 9, 0, 0, TimeSpan.Zero);

    [Test]
    public async Task Two_servers_that_differ_in_what_is_hidden_say_the_same_to_the_byte()
    {
        var both = await Task.WhenAll(PlayAsync(isBusy: false), PlayAsync(isBusy: true));
        var (quiet, busy) = (both[0], both[1]);

        for (var i = 0; i < Math.Max(quiet.Count, busy.Count); i++)
            Assert.That(busy.ElementAtOrDefault(i), Is.EqualTo(quiet.ElementAtOrDefault(i)), $"line {i}, behind:\n{string.Join('\n', quiet.Take(i).TakeLast(3))}");
        Assert.That(quiet, Has.None.Contains(Vault.Marker));
        Assert.That(quiet, Has.Count.GreaterThan(150));
    }

    [Test]
    public async Task What_is_not_hidden_makes_a_difference()
    {
        var (one, other) = (await PlayAsync(isBusy: false), await PlayAsync(isBusy: false, title: "Another"));
        Assert.That(other, Is.Not.EqualTo(one));
    }

    private static async Task<IReadOnlyList<string>> PlayAsync(bool isBusy, string title = "One")
    {
        var folder = Directory.CreateTempSubdirectory("sync-twin-");
        try
        {
            await using var site = await TestSite.StartAsync(
                Shelf.Model,
                server => server.UseSqlite(Path.Combine(folder.FullName, "sync.db")).AddPermissions<Room, RoomPermissions>().AddPermissions<Book, BookPermissions>(),
                time: new FakeTimeProvider(Then));
            await using var ear = new Ear(site, "bob");
            var vault = new Vault(site.Server, isBusy);
            await vault.FillAsync();
            var secret = isBusy ? Vault.Marker : $"{Vault.Marker} and longer";
            var script = new TwinScript(site.Server, ear, vault, secret);
            await script.PlayAsync(title);
            return ear.Heard;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
