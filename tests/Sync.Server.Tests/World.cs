using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Sync.Server.Tests;

public sealed record Job(string Id, string WorkspaceId, string Title, string? Status = null, DateTimeOffset? DueAt = null, IReadOnlyList<string>? Tags = null);
public sealed record Workspace(string Id, string Name, string OwnerId, IReadOnlyList<string> MemberIds);
public sealed record Note(string Id, string OwnerId, string Text, DateTimeOffset? Deleted = null);
public sealed record Grant(string Id, string UserId, string Area);
public sealed record Plan(string Id, string Area, string Text);
public sealed record Orphan(string Id, string Text);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Job))]
[JsonSerializable(typeof(Workspace))]
[JsonSerializable(typeof(Note))]
[JsonSerializable(typeof(Grant))]
[JsonSerializable(typeof(Plan))]
[JsonSerializable(typeof(Orphan))]
public sealed partial class WorldJson : JsonSerializerContext;

/// <summary>Members of a workspace read and write its jobs.</summary>
public sealed class JobPermissions : Permissions<Job>
{
    public override bool MayRead(Caller caller, Job job, Related related) =>
        job.Title == "bomb" ? throw new InvalidOperationException("a rule's own fault") : related.Get<Workspace>(job.WorkspaceId)?.MemberIds.Contains(caller.UserId) == true;

    public override Verdict MayWrite(Caller caller, Change<Job> change, Related related)
    {
        if (change.After is { Title: "bomb on write" }) throw new InvalidOperationException("a rule's own fault");
        if (change.After is { Status: "locked" }) return Verdict.Deny("is_locked");
        return change.Sides.All(job => MayRead(caller, job, related));
    }

    public override ImmutableArray<QueryCondition>? Readable(Caller caller, Related related)
    {
        var mine = related.Where<Workspace, IReadOnlyList<string>>(w => w.MemberIds, caller.UserId);
        return [new QueryCondition.AnyOf(FieldPath.Of("workspaceId"), [.. mine.Select(w => CanonicalJson.From(w.Id))])];
    }
}

/// <summary>Members read a workspace, its owner changes it.</summary>
public sealed class WorkspacePermissions : Permissions<Workspace>
{
    public override bool MayRead(Caller caller, Workspace workspace, Related related) => workspace.MemberIds.Contains(caller.UserId);
    public override Verdict MayWrite(Caller caller, Change<Workspace> change, Related related) => change.Sides.All(w => w.OwnerId == caller.UserId);
}

public sealed class NotePermissions : Permissions<Note>
{
    public override bool MayRead(Caller caller, Note note, Related related) => note.OwnerId == caller.UserId;
    public override Verdict MayWrite(Caller caller, Change<Note> change, Related related) => change.Sides.All(n => n.OwnerId == caller.UserId);
}

/// <summary>Grants, which never leave the server, open the plans of an area.</summary>
public sealed class PlanPermissions : Permissions<Plan>
{
    public override bool MayRead(Caller caller, Plan plan, Related related) => related.Where<Grant, string>(g => g.UserId, caller.UserId).Any(g => g.Area == plan.Area);
    public override Verdict MayWrite(Caller caller, Change<Plan> change, Related related) => change.Sides.All(p => MayRead(caller, p, related));
}

/// <summary>
/// A server over a store in memory that can be told to fail. Workspace <c>demo</c> of alice and bob with jobs <c>j1</c>, <c>j2</c>; workspace <c>secret</c> of carol with
/// job <c>hidden</c>; alice's note <c>n1</c>.
/// </summary>
internal sealed class World : IAsyncDisposable
{
    public static readonly Caller Alice = Caller.User("alice");
    public static readonly Caller Bob = Caller.User("bob");
    public static readonly Caller Carol = Caller.User("carol");
    public static readonly Caller App = Caller.App("test");

    public static SyncModel Model { get; } = SyncModel.Create(m =>
    {
        m.Table("jobs", WorldJson.Default.Job).Index(j => j.WorkspaceId).Index(j => j.Tags).Validate(j => j.Title.Length is > 0 and <= 200, "title_length");
        m.Table("workspaces", WorldJson.Default.Workspace).Index(w => w.MemberIds);
        m.Table("notes", WorldJson.Default.Note).Index(n => n.OwnerId).SoftDelete(n => n.Deleted);
        m.Table("grants", WorldJson.Default.Grant).Index(g => g.UserId).ServerOnly();
        m.Table("plans", WorldJson.Default.Plan).Index(p => p.Area);
        m.Table("orphans", WorldJson.Default.Orphan).Small(100);
    });

    private int _lastTx;

    private World(TestStore store, Action<SyncServerOptions> configure, ILoggerFactory loggers, Action<SyncServerBuilder>? rules)
    {
        Store = store;
        Server = NewServer(store, configure, loggers, rules);
    }

    public TestStore Store { get; }
    public SyncServer Server { get; }
    public FakeTimeProvider Time { get; } = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    public TransactionProcessor Processor => Server.Rooms.Processor;
    public RecordSource Source => Server.Rooms.Source;
    public Judge Judge => Server.Rooms.Judge;

    public static async Task<World> StartAsync(Action<SyncServerOptions>? configure = null, TestStore? store = null, ILoggerFactory? loggers = null, Action<SyncServerBuilder>? rules = null)
    {
        var world = new World(store ?? new TestStore(), configure ?? (_ => { }), loggers ?? NullLoggerFactory.Instance, rules);
        await world.Server.StartAsync(CancellationToken.None);
        await world.SeedAsync();
        return world;
    }

    /// <summary>A second server over the same store: another node.</summary>
    public async Task<SyncServer> StartAnotherAsync()
    {
        var server = NewServer(Store, _ => { }, NullLoggerFactory.Instance, null);
        await server.StartAsync(CancellationToken.None);
        return server;
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    public Transaction Tx(params Operation[] operations) => new() { TxId = $"tx-{++_lastTx}", Operations = [.. operations] };

    public ValueTask<WriteResult> WriteAsync(Caller caller, params Operation[] operations) => Server.WriteAsync(caller, Tx(operations));

    public async Task<Record?> FindAsync(string table, string id) => (await Source.LoadAsync([new RecordKey(table, id)], default)).Records.GetValueOrDefault(new RecordKey(table, id));

    public static Operation Create(string table, string id, string json) => new Operation.Create(new(table, id), CanonicalJson.Parse(json));
    public static Operation Set(string table, string id, string path, string json, Condition? condition = null) => new Operation.Set(new(table, id), FieldPath.Parse(path), CanonicalJson.Parse(json), condition);
    public static Operation SetTitle(string id, string title) => Set("jobs", id, "title", $"\"{title}\"");
    public static Operation Delete(string table, string id) => new Operation.Delete(new(table, id));

    private SyncServer NewServer(ITransactionStore store, Action<SyncServerOptions> configure, ILoggerFactory loggers, Action<SyncServerBuilder>? rules)
    {
        var services = new ServiceCollection()
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton<FillRandom>(new Random(7).NextBytes)
            .AddSingleton(loggers);
        var builder = services.AddSyncServer(Model)
            .UseStore(_ => store)
            .AddPermissions<Job, JobPermissions>()
            .AddPermissions<Workspace, WorkspacePermissions>()
            .AddPermissions<Note, NotePermissions>()
            .AddPermissions<Plan, PlanPermissions>()
            .Configure(configure)
            .CompleteInline();
        rules?.Invoke(builder);
        return services.BuildServiceProvider().GetRequiredService<SyncServer>();
    }

    private async Task SeedAsync()
    {
        if (await FindAsync("jobs", "j1") is not null) return;
        var result = await WriteAsync(
            App,
            Create("workspaces", "demo", """{"name":"Demo","ownerId":"alice","memberIds":["alice","bob"]}"""),
            Create("workspaces", "secret", """{"name":"Secret","ownerId":"carol","memberIds":["carol"]}"""),
            Create("jobs", "j1", """{"workspaceId":"demo","title":"One"}"""),
            Create("jobs", "j2", """{"workspaceId":"demo","title":"Two"}"""),
            Create("jobs", "hidden", """{"workspaceId":"secret","title":"Hidden"}"""),
            Create("notes", "n1", """{"ownerId":"alice","text":"mine"}"""));
        if (!result.IsAccepted) throw new InvalidOperationException(result.Receipt?.Message ?? result.Refusal?.Message);
    }
}
