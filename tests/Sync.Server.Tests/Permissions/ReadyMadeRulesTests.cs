using System.Security.Claims;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Sync.Server.Tests.Sessions;
using Sync.Testing;

namespace Sync.Server.Tests.Permissions;

public sealed record Firm(string Id, string Name, IReadOnlyList<string> MemberIds, IReadOnlyList<string>? GuestIds = null);
public sealed record Room(string Id, string FirmId, string Name);
public sealed record Paper(string Id, string RoomId, string Text, string State = "draft", int Stars = 0);
public sealed record Part(string Id, string RoomId, string UserId, string Role);
public sealed record Minutes(string Id, string RoomId, string Text);
public sealed record Diary(string Id, string OwnerId, string Text);
public sealed record News(string Id, string Text);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Firm))]
[JsonSerializable(typeof(Room))]
[JsonSerializable(typeof(Paper))]
[JsonSerializable(typeof(Part))]
[JsonSerializable(typeof(Minutes))]
[JsonSerializable(typeof(Diary))]
[JsonSerializable(typeof(News))]
public sealed partial class FirmJson : JsonSerializerContext;

/// <summary>The rules that come with the package, through a whole server: papers of rooms of firms, minutes by memberships, diaries of owners, news for all.</summary>
public sealed class ReadyMadeRulesTests
{
    private static readonly Caller App = Caller.App("test");
    private static readonly Caller Ann = Caller.User("ann");
    private static readonly Caller Guest = Caller.User("guest");
    private static readonly Caller Eve = Caller.User("eve");
    private static readonly Caller Admin = Caller.User("root", new ClaimsPrincipal(new ClaimsIdentity([new Claim("role", "admin")], "test")));

    private static readonly SyncModel s_model = SyncModel.Create(m =>
    {
        m.Table("firms", FirmJson.Default.Firm).Index(f => f.MemberIds).Index(f => f.GuestIds);
        m.Table("rooms", FirmJson.Default.Room).Index(r => r.FirmId);
        m.Table("papers", FirmJson.Default.Paper).Index(p => p.RoomId).Small();
        m.Table("parts", FirmJson.Default.Part).Index(p => p.UserId).ServerOnly();
        m.Table("minutes", FirmJson.Default.Minutes).Index(x => x.RoomId).Small();
        m.Table("diaries", FirmJson.Default.Diary).Index(d => d.OwnerId).Small();
        m.Table("news", FirmJson.Default.News).Small();
    });

    private SyncServer _server = null!;
    private TestStore _store = null!;
    private int _lastTx;

    [SetUp]
    public async Task StartAsync()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        _store = new TestStore();
        _server = await NewServerAsync();
        await WriteAsync(
            App,
            World.Create("firms", "f", """{"name":"F","memberIds":["ann","bob"],"guestIds":["guest"]}"""),
            World.Create("firms", "other", """{"name":"O","memberIds":["eve"]}"""),
            World.Create("rooms", "r", """{"firmId":"f","name":"R"}"""),
            World.Create("rooms", "s", """{"firmId":"other","name":"S"}"""),
            World.Create("papers", "p", """{"roomId":"r","text":"P"}"""),
            World.Create("papers", "q", """{"roomId":"s","text":"Q"}"""),
            World.Create("parts", "1", """{"roomId":"r","userId":"ann","role":"editor"}"""),
            World.Create("parts", "2", """{"roomId":"r","userId":"guest","role":"viewer"}"""),
            World.Create("minutes", "m", """{"roomId":"r","text":"M"}"""),
            World.Create("minutes", "n", """{"roomId":"s","text":"N"}"""),
            World.Create("diaries", "d", """{"ownerId":"ann","text":"D"}"""),
            World.Create("news", "x", """{"text":"X"}"""));
    }

    [TearDown]
    public async Task StopAsync()
    {
        await _server.DisposeAsync();
        await _store.DisposeAsync();
    }

    [Test]
    public async Task Members_of_the_firm_read_and_write_the_papers_of_its_rooms_and_guests_read_them()
    {
        foreach (var (caller, seen) in new[] { (Ann, "p"), (Guest, "p"), (Eve, "q"), (Caller.User("nobody"), "") })
            Assert.That(await AllAsync(caller, "papers"), Is.EqualTo(seen), caller.UserId);

        Assert.That(await CodeAsync(Ann, World.Set("papers", "p", "text", "\"A\"")), Is.Null);
        Assert.That(await CodeAsync(Guest, World.Set("papers", "p", "text", "\"G\"")), Is.EqualTo(ErrorCodes.NotAllowed));
        Assert.That(await CodeAsync(Eve, World.Set("papers", "p", "text", "\"E\"")), Is.EqualTo(ErrorCodes.NotFound));
        Assert.That(await CodeAsync(Ann, World.Set("papers", "p", "roomId", "\"s\"")), Is.EqualTo(ErrorCodes.NotAllowed), "a paper that moves is judged by both rooms");
    }

    [Test]
    public async Task Three_levels_are_followed_from_cold_in_as_many_rounds_and_reads_of_the_store()
    {
        await using var cold = await NewServerAsync();
        var reads = _store.Loads + _store.Queries;
        var found = await cold.QueryAsync(Ann, new Query { Table = "papers" });
        Assert.That(found.Records.Select(r => r.Id), Is.EqualTo(new[] { "p" }));
        Assert.That(_store.Loads + _store.Queries - reads, Is.LessThanOrEqualTo(6), "firms by member and by guest, rooms by firm, papers, then the room and the firm of each");
    }

    [Test]
    public async Task A_membership_is_looked_up_once_whatever_number_of_records_hang_on_it()
    {
        await WriteAsync(App, [.. Enumerable.Range(0, 50).Select(i => World.Create("minutes", $"more{i}", """{"roomId":"r","text":"M"}"""))]);
        await using var cold = await NewServerAsync();
        var reads = _store.Loads + _store.Queries;
        var found = await cold.QueryAsync(Ann, new Query { Table = "minutes" });
        Assert.That(found.Records, Has.Count.EqualTo(51));
        Assert.That(_store.Loads + _store.Queries - reads, Is.EqualTo(2), "the memberships, and the minutes");
    }

    [Test]
    public async Task A_change_two_levels_up_takes_and_gives_live()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        var (client, server) = InMemoryConnection.CreatePair(null);
        await using var ann = new TestSession(client, _server.RunSessionAsync(server, Ann, CancellationToken.None));
        ann.Send(new ClientMessage.Hello(ProtocolCodec.Version, "client-ann", Token.None));
        var papers = ann.Subscribe(new Query { Table = "papers" });
        Assert.That(ann.Ids(papers), Is.EqualTo(new[] { "p" }));

        await WriteAsync(App, World.Set("rooms", "s", "firmId", "\"f\""));
        Assert.That(ann.Ids(papers), Is.EqualTo(new[] { "p", "q" }), "a room that comes to the firm brings its papers");

        await WriteAsync(App, new Operation.ListRemove(new("firms", "f"), FieldPath.Of("memberIds"), CanonicalJson.From("ann")));
        Assert.That(ann.Ids(papers), Is.Empty);

        ann.Skip();
        await WriteAsync(App, World.Set("papers", "p", "text", "\"later\""));
        Assert.That(ann.Transcript, Is.Empty);
    }

    [Test]
    public async Task A_firm_left_is_lost_with_all_below_it()
    {
        Assert.That(await CodeAsync(Ann, new Operation.ListRemove(new("firms", "f"), FieldPath.Of("memberIds"), CanonicalJson.From("ann"))), Is.Null);
        Assert.That(await AllAsync(Ann, "papers"), Is.Empty);
        Assert.That(await CodeAsync(Ann, World.Set("papers", "p", "text", "\"A\"")), Is.EqualTo(ErrorCodes.NotFound));
    }

    [Test]
    public async Task Everybody_may_leave_and_change_nothing_else()
    {
        var leave = new Operation.ListRemove(new("firms", "f"), FieldPath.Of("guestIds"), CanonicalJson.From("guest"));
        Assert.That(await CodeAsync(Guest, new Operation.ListInsert(new("firms", "f"), FieldPath.Of("memberIds"), CanonicalJson.From("guest"), ListPosition.AtEnd)), Is.EqualTo(ErrorCodes.NotAllowed));
        Assert.That(await CodeAsync(Guest, new Operation.ListRemove(new("firms", "f"), FieldPath.Of("memberIds"), CanonicalJson.From("ann"))), Is.EqualTo(ErrorCodes.NotAllowed));
        Assert.That(await CodeAsync(Guest, leave, World.Set("firms", "f", "name", "\"G\"")), Is.EqualTo(ErrorCodes.NotAllowed));
        Assert.That(await CodeAsync(Guest, World.Set("firms", "f", "name", "\"F\"")), Is.EqualTo(ErrorCodes.NotAllowed), "not even a write that changes nothing");
        Assert.That(await CodeAsync(Guest, leave), Is.Null);
    }

    [Test]
    public async Task A_membership_gives_rights_by_its_role()
    {
        Assert.That(await AllAsync(Ann, "minutes"), Is.EqualTo("m"));
        Assert.That(await AllAsync(Guest, "minutes"), Is.EqualTo("m"));
        Assert.That(await AllAsync(Eve, "minutes"), Is.Empty);
        Assert.That(await CodeAsync(Ann, World.Set("minutes", "m", "text", "\"A\"")), Is.Null);
        Assert.That(await CodeAsync(Guest, World.Set("minutes", "m", "text", "\"A\"")), Is.EqualTo(ErrorCodes.NotAllowed));

        await WriteAsync(App, World.Set("parts", "2", "role", "\"editor\""), World.Delete("parts", "1"));
        Assert.That(await CodeAsync(Guest, World.Set("minutes", "m", "text", "\"A\"")), Is.Null);
        Assert.That(await AllAsync(Ann, "minutes"), Is.Empty);
    }

    [Test]
    public async Task An_owner_reads_and_writes_and_gives_nothing_away()
    {
        Assert.That(await AllAsync(Ann, "diaries"), Is.EqualTo("d"));
        Assert.That(await AllAsync(Eve, "diaries"), Is.Empty);
        Assert.That(await CodeAsync(Ann, World.Set("diaries", "d", "ownerId", "\"eve\"")), Is.EqualTo(ErrorCodes.NotAllowed));
        Assert.That(await CodeAsync(Eve, World.Create("diaries", "e", """{"ownerId":"ann","text":"E"}""")), Is.EqualTo(ErrorCodes.NotAllowed));
        Assert.That(await CodeAsync(Ann, World.Set("diaries", "d", "text", "\"A\"")), Is.Null);
    }

    [Test]
    public async Task A_role_opens_what_its_rule_is_joined_to()
    {
        Assert.That(await AllAsync(Admin, "diaries"), Is.EqualTo("d"));
        Assert.That(await CodeAsync(Admin, World.Set("diaries", "d", "ownerId", "\"eve\"")), Is.Null);
    }

    [Test]
    public async Task A_guarded_field_is_for_some_alone()
    {
        Assert.That(await CodeAsync(Ann, World.Set("papers", "p", "state", "\"final\"")), Is.EqualTo("state_is_admins"));
        Assert.That(await CodeAsync(Ann, World.Set("papers", "p", "state", "\"draft\""), World.Set("papers", "p", "text", "\"A\"")), Is.Null, "it stays what it is");
        Assert.That(await CodeAsync(Ann, World.Create("papers", "new", """{"roomId":"r","text":"N","state":"final"}""")), Is.EqualTo("state_is_admins"));
        Assert.That(await CodeAsync(Ann, World.Create("papers", "new", """{"roomId":"r","text":"N","state":"draft"}""")), Is.Null, "the type's own value");
        Assert.That(await CodeAsync(Ann, World.Delete("papers", "p")), Is.Null);
    }

    [Test]
    public async Task A_restore_changes_no_guarded_field()
    {
        await WriteAsync(App, World.Set("papers", "p", "state", "\"final\""));
        Assert.That(await CodeAsync(Ann, World.Delete("papers", "p")), Is.Null);
        Assert.That(await CodeAsync(Ann, World.Create("papers", "p", """{"roomId":"r","text":"N","state":"secret"}""")), Is.EqualTo("state_is_admins"));
        Assert.That(await CodeAsync(Ann, new Operation.Restore(new("papers", "p"))), Is.Null, "who may delete may take the deletion back");
    }

    [Test]
    public async Task The_signed_in_read_all_and_write_what_they_are_let()
    {
        Assert.That(await AllAsync(Eve, "news"), Is.EqualTo("x"));
        Assert.That(await CodeAsync(Eve, World.Set("news", "x", "text", "\"E\"")), Is.EqualTo("read_only"));
    }

    [Test]
    public void Two_rules_for_one_table_stop_the_start()
    {
        var services = new ServiceCollection();
        services.AddSyncServer(s_model).UseInMemory().AddPermissions(new SignedInPermissions<News>()).AddPermissions(new RolePermissions<News>("admin"));
        Assert.That(() => services.BuildServiceProvider().GetRequiredService<SyncServer>(), Throws.InvalidOperationException.With.Message.Contains("AddPermissions(SignedInPermissions<News>), AddPermissions(RolePermissions<News>(\"admin\"))"));
    }

    private async Task<SyncServer> NewServerAsync()
    {
        var firm = new MemberPermissions<Firm>(f => f.MemberIds, f => f.GuestIds);
        var services = new ServiceCollection().AddSingleton<FillRandom>(new Random(7).NextBytes);
        services.AddSyncServer(s_model).UseStore(_ => _store).CompleteInline()
            .AddPermissions(firm)
            .AddPermissions(new ParentPermissions<Room, Firm>(r => r.FirmId, firm))
            .AddPermissions(new ParentPermissions<Paper, Room>(p => p.RoomId, new ParentPermissions<Room, Firm>(r => r.FirmId, firm), MayChange)
                .Guard(p => p.State, (caller, _, _) => caller.HasRole("admin"), "state_is_admins"))
            .AddPermissions(new MembershipPermissions<Minutes, Part>(m => m.RoomId, p => p.RoomId, p => p.UserId, p => p.Role == "editor"))
            .AddPermissions(new OwnerPermissions<Diary>(d => d.OwnerId).Or(new RolePermissions<Diary>("admin")))
            .AddPermissions(new SignedInPermissions<News>());
        var server = services.BuildServiceProvider().GetRequiredService<SyncServer>();
        await server.StartAsync(CancellationToken.None);
        return server;
    }

    private static bool MayChange(Caller caller, Room room, Related related) => related.Get<Firm>(room.FirmId)?.MemberIds.Contains(caller.UserId) == true;

    private async Task<string> AllAsync(Caller caller, string table)
    {
        var found = await _server.QueryAsync(caller, new Query { Table = table });
        Assert.That(found.Error, Is.Null);
        return string.Join(' ', found.Records.Select(r => r.Id));
    }

    private async Task<string?> CodeAsync(Caller caller, params Operation[] operations) => (await WriteAsync(caller, operations)).Receipt!.Code;

    private ValueTask<WriteResult> WriteAsync(Caller caller, params Operation[] operations) => _server.WriteAsync(caller, new Transaction { TxId = $"tx-{++_lastTx}", Operations = [.. operations] });
}
