using System.Net;
using System.Net.Sockets;
using Microsoft.Playwright;
using Sync.Tests;

namespace Sync.E2E.Tests;

/// <summary>Two processes of the sample over one PostgreSQL, a browser on each.</summary>
public sealed class TwoServersTests : BrowserTests
{
    private PostgresDatabase _database = null!;
    private TaskAppProcess _other = null!;

    [Test]
    public async Task Changes_cross_from_either_server_and_from_psql_and_a_page_goes_on_when_its_server_dies()
    {
        var alice = await OpenAsync("alice");
        var bob = await OpenAsync("bob", server: _other.Address);

        await Column(alice, "todo").GetByPlaceholder("Add a task").FillAsync("Buy lemonade");
        await alice.Keyboard.PressAsync("Enter");
        await Expect(Card(bob, "Buy lemonade")).ToBeVisibleAsync(new() { Timeout = Soon });

        await Card(bob, "Buy lemonade").GetByTitle("Change the title").ClickAsync();
        await bob.GetByLabel("Title").FillAsync("Buy a lot of lemonade");
        await bob.Keyboard.PressAsync("Enter");
        await Expect(Card(alice, "Buy a lot of lemonade")).ToBeVisibleAsync(new() { Timeout = Soon });

        _database.Execute("UPDATE tasks SET title = title || ', said psql' WHERE title LIKE '%lemonade'");
        await Expect(Card(alice, "lemonade, said psql")).ToBeVisibleAsync(new() { Timeout = Soon });
        await Expect(Card(bob, "lemonade, said psql")).ToBeVisibleAsync(new() { Timeout = Soon });

        await _other.KillAsync();
        await Column(bob, "todo").GetByPlaceholder("Add a task").FillAsync("Call the caretaker");
        await bob.Keyboard.PressAsync("Enter");
        await Expect(Card(alice, "Call the caretaker")).ToBeVisibleAsync(new() { Timeout = 20_000 });
        await Expect(bob.Locator(".connection")).ToHaveAttributeAsync("data-connection", "Live");

        _database.Execute("DELETE FROM tasks WHERE title = 'Call the caretaker'");
        await Expect(Card(bob, "Call the caretaker")).Not.ToBeVisibleAsync(new() { Timeout = Soon });
    }

    private protected override async Task<TaskAppProcess> StartAppAsync()
    {
        _database = PostgresDatabase.Rent();
        var (left, right) = (FreeAddress(), FreeAddress());
        // Both at once, as an orchestrator starts them: one of them makes the tables.
        var starting = new[] { (left, right), (right, left) }.Select(pair => TaskAppProcess.StartAsync(pair.Item1, "--postgres", _database.ConnectionString, "--others", Origin(pair.Item2)));
        var apps = await Task.WhenAll(starting);
        _other = apps[1];
        return apps[0];
    }

    [TearDown]
    public async Task StopOther()
    {
        await _other.DisposeAsync();
        await App.KillAsync();
        _database.Dispose();
    }

    private static string Origin(Uri address) => address.GetLeftPart(UriPartial.Authority);

    private static Uri FreeAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}");
    }
}
