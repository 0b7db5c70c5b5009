using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Sync.Server;
using Sync.Testing;

namespace Sync.Client.Tests;

public sealed record Shop(string Id, string Name, IReadOnlyList<string> KeeperIds);
public sealed record Item(string Id, string ShopId, string Name, int Price = 0, int Cost = 0);
public sealed record Helper(string Id, string ShopId, string UserId, bool MayCount = false);
public sealed record Count(string Id, string ShopId, int Number = 0);
public sealed record Poster(string Id, string Text);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Shop))]
[JsonSerializable(typeof(Item))]
[JsonSerializable(typeof(Helper))]
[JsonSerializable(typeof(Count))]
[JsonSerializable(typeof(Poster))]
internal sealed partial class ShopJson : JsonSerializerContext;

/// <summary>A client that was given the server's rules says beforehand what the server will say. Each advice is compared with what the server then says.</summary>
[CancelAfter(60_000), FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class AdviceTests : IAsyncDisposable
{
    private static readonly SyncModel s_model = SyncModel.Create(m =>
    {
        m.Table("shops", ShopJson.Default.Shop).Index(s => s.KeeperIds);
        m.Table("items", ShopJson.Default.Item).Index(i => i.ShopId).ServerOnly(i => i.Cost).Validate(i => i.Name.Length > 0, "no_name");
        m.Table("helpers", ShopJson.Default.Helper).Index(h => h.UserId).Index(h => h.ShopId);
        m.Table("counts", ShopJson.Default.Count).Index(c => c.ShopId);
        m.Table("posters", ShopJson.Default.Poster).Small();
    });

    private static readonly Permissions<Shop> s_shops = new MemberPermissions<Shop>(s => s.KeeperIds);

    private readonly ServiceProvider _services;
    private SyncClient _client = null!;

    public AdviceTests()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        var services = new ServiceCollection().AddLogging();
        services.AddSyncServer(s_model).UseInMemory()
            .AddPermissions(s_shops)
            .AddPermissions<Item, ItemPermissions>()
            .AddPermissions(new OwnHelpers())
            .AddPermissions(new MembershipPermissions<Count, Helper>(c => c.ShopId, h => h.ShopId, h => h.UserId, h => h.MayCount))
            .AddPermissions(new SignedInPermissions<Poster>((_, _, _) => Verdict.Allow));
        _services = services.BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        if (_client is not null) await _client.DisposeAsync();
        await _services.DisposeAsync();
    }

    [SetUp]
    public async Task StartAsync()
    {
        await Server.StartAsync(CancellationToken.None);
        var seeded = await Server.WriteAsync(Caller.App("test"), tx =>
        {
            tx.Table<Shop>().Create(new Shop("mine", "Mine", ["ann"])).Create(new Shop("theirs", "Theirs", ["bob"]));
            tx.Table<Item>().Create(new Item("cup", "mine", "Cup", 5, Cost: 4)).Create(new Item("pot", "theirs", "Pot"));
            tx.Table<Helper>().Create(new Helper("h1", "mine", "ann")).Create(new Helper("h2", "theirs", "bob", true));
            tx.Table<Count>().Create(new Count("c1", "mine"));
        });
        Assert.That(seeded.IsAccepted, seeded.Receipt?.Message);
        _client = await SignInAsync(null);
    }

    private SyncServer Server => _services.GetRequiredService<SyncServer>();

    [Test]
    public async Task What_the_rules_allow_and_deny_by_what_is_held_is_told_before()
    {
        await using var shops = await WatchAsync<Shop>(q => q.ById("mine"));
        await using var items = await WatchAsync<Item>(q => q.Where(i => i.ShopId, "mine"));

        await SaysAsync(tx => tx.Table<Item>().Set("cup", i => i.Name, "Mug"), new Said(null));
        await SaysAsync(tx => tx.Table<Item>().Set("cup", i => i.Price, -1), new Said("bad_price"));
        await SaysAsync(tx => tx.Table<Item>().Create(new Item("cup", "mine", "Cup")), new Said(ErrorCodes.AlreadyExists));
        await SaysAsync(tx => tx.Table<Item>().Create(new Item("new", "mine", "New", -1)), new Said("bad_price"));
        await SaysAsync(tx => tx.Table<Item>().Set("cup", i => i.Name, "Fine").Create(new Item("new", "mine", "New", -1)), new Said("bad_price"));
        await SaysAsync(tx => tx.Table<Shop>().Create(new Shop("fresh", "Fresh", ["bob"])), new Said(ErrorCodes.NotAllowed));
        await SaysAsync(tx =>
        {
            tx.Table<Shop>().Create(new Shop("fresh", "Fresh", ["ann"]));
            tx.Table<Item>().Create(new Item("first", "fresh", "First"));
        }, new Said(null));
        await SaysAsync(tx => tx.Table<Item>().Delete("cup"), new Said(null));
    }

    [Test]
    public async Task What_is_not_on_the_device_is_unknown_rather_than_absent()
    {
        Assert.That(_client.Advise(tx => tx.Table<Item>().Set("cup", i => i.Name, "Mug")), Is.EqualTo(new WriteAdvice.Unknown(new("items", "cup"))));
        Assert.That(_client.Advise(tx => tx.Table<Item>().Update("cup", i => i with { Name = "Mug" })), Is.EqualTo(new WriteAdvice.Unknown(new("items", "cup"))));
        Assert.That(_client.Advise(tx => tx.Table<Item>().Create(new Item("new", "mine", "New"))), Is.EqualTo(new WriteAdvice.Unknown(new("items", "new"))), "its shop is not held");

        await using var items = await WatchAsync<Item>(q => q.Where(i => i.ShopId, "mine"));
        Assert.That(_client.Advise(tx => tx.Table<Item>().Set("cup", i => i.Name, "Mug")), Is.InstanceOf<WriteAdvice.Unknown>());
        Assert.That(_client.Advise(tx => tx.Table<Poster>().Create(new Poster("p", "P"))), Is.InstanceOf<WriteAdvice.Unknown>(), "this device was given no rules for posters");
    }

    [Test]
    public async Task A_look_up_decides_by_what_is_held_and_denies_only_where_a_query_brings_all_of_it()
    {
        await using var counts = await WatchAsync<Count>(q => q.Where(c => c.ShopId, "mine"));
        Action<TransactionBuilder> write = tx => tx.Table<Count>().Set("c1", c => c.Number, 1);
        Assert.That(_client.Advise(write), Is.InstanceOf<WriteAdvice.Unknown>());

        await using var helpers = await WatchAsync<Helper>(q => q.Where(h => h.UserId, "ann"));
        Assert.That(_client.Advise(write), Is.EqualTo(new WriteAdvice.Denied(ErrorCodes.NotAllowed, new("counts", "c1"))), "the membership is here, and does not allow it");

        await Server.WriteAsync(Caller.App("test"), tx => tx.Table<Helper>().Set("h1", h => h.MayCount, true));
        await helpers.RowsAreAsync(rows => rows is [{ MayCount: true }]);
        await SaysAsync(write, new Said(null));
    }

    [Test]
    public async Task Checks_of_the_model_are_told_too()
    {
        await using var items = await WatchAsync<Item>(q => q.Where(i => i.ShopId, "mine"));
        Assert.That(_client.Advise(tx => tx.Table<Item>().Set("cup", i => i.Name, "")), Is.EqualTo(new WriteAdvice.Denied("no_name", new("items", "cup"))));
        Assert.That(_client.Advise(tx => tx.Table<Item>().Set("cup", i => i.Cost, 1)), Is.EqualTo(new WriteAdvice.Denied(ErrorCodes.UnknownField, new("items", "cup"))), "a field that never leaves the server");
        Assert.That(_client.Advise(_ => { }), Is.EqualTo(WriteAdvice.Allowed.Instance));
    }

    [Test]
    public async Task A_rule_that_throws_here_leaves_it_to_the_server()
    {
        await using var shops = await WatchAsync<Shop>(q => q.ById("mine"));
        await using var items = await WatchAsync<Item>(q => q.Where(i => i.ShopId, "mine"));
        Assert.That(_client.Advise(tx => tx.Table<Item>().Set("cup", i => i.Name, "bomb")), Is.InstanceOf<WriteAdvice.Unknown>());
    }

    [Test]
    public async Task Claims_given_at_the_sign_in_count()
    {
        await using var admin = await SignInAsync(new ClaimsPrincipal(new ClaimsIdentity([new Claim("role", "admin")], "test")));
        await using var items = admin.Table<Item>().Where(i => i.ShopId, "mine").Live();
        await items.RowsAreAsync(rows => rows.Count == 1);
        Assert.That(admin.Advise(tx => tx.Table<Item>().Set("cup", i => i.Price, -1)), Is.EqualTo(WriteAdvice.Allowed.Instance));
    }

    [Test]
    public async Task An_advice_writes_nothing_and_holds_nothing_back()
    {
        await using var shops = await WatchAsync<Shop>(q => q.ById("mine"));
        await using var items = await WatchAsync<Item>(q => q.Where(i => i.ShopId, "mine"));
        Assert.That(_client.Advise(tx => tx.Table<Item>().Set("cup", i => i.Price, -1)).IsDenied);
        Assert.That((_client.Status.PendingWrites, _client.Table<Item>().Find("cup")!.Price), Is.EqualTo((0, 5)));

        var write = await _client.WriteAsync(tx => tx.Table<Item>().Set("cup", i => i.Price, -1));
        Assert.That((await write.Receipt).Code, Is.EqualTo("bad_price"), "it is sent all the same");
    }

    [Test]
    public async Task A_client_has_a_record_without_its_hidden_fields_and_creates_one_without_them()
    {
        await using var items = await WatchAsync<Item>(q => q.Where(i => i.ShopId, "mine"));
        Assert.That(_client.Table<Item>().Find("cup"), Is.EqualTo(new Item("cup", "mine", "Cup", 5)));
        Assert.That((await (await _client.Table<Item>().CreateAsync(new Item("new", "mine", "New"))).Receipt).IsAccepted);
        Assert.That((await (await _client.Table<Item>().UpdateAsync("cup", i => i with { Price = 6 })).Receipt).IsAccepted);
        Assert.That((await Server.Table<Item>().GetAsync(Caller.App("test"), "cup"))!.Cost, Is.EqualTo(4));
        Assert.That(async () => await _client.Table<Item>().CreateAsync(new Item("other", "mine", "Other", Cost: 3)), Throws.TypeOf<InvalidWriteException>());
    }

    [Test]
    public void Two_rules_for_one_table_stop_the_client()
    {
        var services = new ServiceCollection();
        services.AddSyncClient(s_model, o => o.Server = new Uri("https://sync.test/")).UseTransport(_ => new InMemoryTransport((_, _, _) => Task.CompletedTask)).AddPermissions(s_shops).AddPermissions(s_shops);
        Assert.That(() => services.BuildServiceProvider().GetRequiredService<SyncClient>(), Throws.InvalidOperationException.With.Message.Contains("\"shops\""));
    }

    /// <summary>What the server says: a code, or null for yes.</summary>
    private sealed record Said(string? Code);

    private async Task SaysAsync(Action<TransactionBuilder> build, Said expected)
    {
        var advice = _client.Advise(build);
        Assert.That((advice as WriteAdvice.Denied)?.Code, Is.EqualTo(expected.Code));
        Assert.That(advice is WriteAdvice.Unknown, Is.False);
        var write = await _client.WriteAsync(build);
        Assert.That((await write.Receipt).Code, Is.EqualTo(expected.Code), "what the server says");
    }

    private async Task<LiveQuery<T>> WatchAsync<T>(Func<ClientTable<T>, TableQuery<T>> query) where T : class
    {
        var live = query(_client.Table<T>()).Live();
        await live.RowsAreAsync(rows => rows.Count > 0 && live.Freshness == Freshness.Current);
        return live;
    }

    private async Task<SyncClient> SignInAsync(ClaimsPrincipal? principal)
    {
        var services = new ServiceCollection().AddSingleton<Microsoft.Extensions.Logging.ILoggerFactory>(TestLogs.Instance);
        services.AddSyncClient(s_model, o => o.Server = new Uri("https://sync.test/"))
            .UseTransport(_ => new InMemoryTransport((connection, _, cancel) => Server.RunSessionAsync(connection, Caller.User("ann", principal), cancel)))
            .AddPermissions(s_shops)
            .AddPermissions<Item, ItemPermissions>()
            .AddPermissions(new OwnHelpers())
            .AddPermissions(new MembershipPermissions<Count, Helper>(c => c.ShopId, h => h.ShopId, h => h.UserId, h => h.MayCount));
        var client = services.BuildServiceProvider().GetRequiredService<SyncClient>();
        await client.SignInAsync(new SyncUser("ann") { Principal = principal });
        return client;
    }

    private sealed class ItemPermissions : Permissions<Item>
    {
        public override bool MayRead(Caller caller, Item item, Related related) => caller.HasRole("admin") || related.Get<Shop>(item.ShopId)?.KeeperIds.Contains(caller.UserId) == true;

        public override Verdict MayWrite(Caller caller, Change<Item> change, Related related)
        {
            if (change.After is { Name: "bomb" }) throw new InvalidOperationException("a rule's own fault");
            if (!change.Sides.All(item => MayRead(caller, item, related))) return Verdict.Deny("not_a_keeper");
            return change.After is { Price: < 0 } && !caller.HasRole("admin") ? Verdict.Deny("bad_price") : Verdict.Allow;
        }
    }

    private sealed class OwnHelpers() : OwnerPermissions<Helper>(h => h.UserId);
}
