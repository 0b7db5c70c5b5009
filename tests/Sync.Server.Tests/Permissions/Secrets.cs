using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Sync.Server.Sqlite;

namespace Sync.Server.Tests.Permissions;

public sealed record Account(
    string Id, string OwnerId, string Name, string? PasswordHash = null, int Score = 0, IReadOnlyList<string>? Flags = null, string? ResetToken = null, IReadOnlyDictionary<string, string>? Origin = null, string Rank = "none");

/// <summary>The account of an older version of the app.</summary>
public sealed record OldAccount(string Id, string OwnerId, string Name, string? Rank = null);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(Account))]
[JsonSerializable(typeof(OldAccount))]
public sealed partial class SecretsJson : JsonSerializerContext;

/// <summary>The owner reads and writes an account that is not frozen, which only a hidden field tells.</summary>
public sealed class AccountPermissions : Permissions<Account>
{
    public override bool MayRead(Caller caller, Account account, Related related) => account.OwnerId == caller.UserId && account.Flags?.Contains("gone") != true;

    public override Verdict MayWrite(Caller caller, Change<Account> change, Related related) =>
        change.Sides.All(a => MayRead(caller, a, related)) ? change.Before is { Score: < 0 } ? Verdict.Deny("frozen") : Verdict.Allow : Verdict.Deny();

    public override ImmutableArray<QueryCondition>? Readable(Caller caller, Related related) => [new QueryCondition.LessThan(FieldPath.Of("score"), CanonicalJson.From(1000), false)];
}

/// <summary>A server whose accounts have fields that never leave it: a value, a number, a list, an indexed one, an object.</summary>
internal sealed class Secrets : IAsyncDisposable
{
    public const string Marker = "#never#";

    public static readonly Caller Alice = Caller.User("alice");
    public static readonly Caller App = Caller.App("test");

    private readonly TemporaryFile? _file;
    private int _lastTx;

    private Secrets(SyncServer server, TemporaryFile? file) => (Server, _file) = (server, file);

    public static SyncModel Model { get; } = SyncModel.Create(m => m.Table("accounts", SecretsJson.Default.Account)
        .Index(a => a.OwnerId)
        .Index(a => a.ResetToken)
        .ServerOnly(a => a.PasswordHash)
        .ServerOnly(a => a.Score)
        .ServerOnly(a => a.Flags)
        .ServerOnly(a => a.ResetToken)
        .ServerOnly(a => a.Origin)
        .ServerOnly(a => a.Rank)
        .Validate(a => a.PasswordHash is null or { Length: > 3 }, "weak_hash"));

    public static IEnumerable<string> HiddenNames { get; } = Model.Find("accounts")!.Fields.Where(f => f.IsServerOnly).Select(f => f.Name);

    public SyncServer Server { get; }

    /// <param name="store">"memory", "documents" or "relational".</param>
    /// <param name="before">What was in the file before the server had it.</param>
    public static async Task<Secrets> StartAsync(string store, Func<TemporaryFile, Task>? before = null)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        var file = store == "memory" ? null : new TemporaryFile();
        if (before is not null) await before(file!);
        if (store == "relational")
        {
            file!.Execute("""
                CREATE TABLE accounts (id TEXT PRIMARY KEY, version INTEGER NOT NULL DEFAULT 1, owner_id TEXT NOT NULL, name TEXT NOT NULL,
                    password_hash TEXT, score INTEGER NOT NULL DEFAULT 0, flags TEXT, reset_token TEXT, origin TEXT, rank TEXT);
                CREATE INDEX by_owner ON accounts (owner_id);
                CREATE INDEX by_token ON accounts (reset_token);
                """);
        }
        var services = new ServiceCollection().AddSingleton<TimeProvider>(new FakeTimeProvider()).AddSingleton<FillRandom>(new Random(7).NextBytes);
        var builder = services.AddSyncServer(Model).AddPermissions<Account, AccountPermissions>().CompleteInline();
        builder = file is null ? builder.UseInMemory() : builder.UseSqlite(file.Path);
        var secrets = new Secrets(services.BuildServiceProvider().GetRequiredService<SyncServer>(), file);
        await secrets.Server.StartAsync(CancellationToken.None);
        await secrets.WriteAsync(App, World.Create("accounts", "a", $$"""{"ownerId":"alice","name":"A",{{Hidden}}}"""), World.Create("accounts", "b", $$"""{"ownerId":"alice","name":"B",{{Hidden}}}"""));
        return secrets;
    }

    /// <summary>The hidden fields of both accounts, as JSON members.</summary>
    public static string Hidden => $$"""
        "passwordHash":"{{Marker}}","score":7,"flags":["{{Marker}}"],"resetToken":"{{Marker}}","origin":{"ip":"{{Marker}}"}
        """;

    public ValueTask<WriteResult> WriteAsync(Caller caller, params Operation[] operations) => WriteAsync(caller, [], operations);

    public ValueTask<WriteResult> WriteAsync(Caller caller, ImmutableArray<BaseVersion> baseVersions, params Operation[] operations) =>
        Server.WriteAsync(caller, new Transaction { TxId = $"tx-{++_lastTx}", Operations = [.. operations], BaseVersions = baseVersions });

    /// <summary>The account as the app's own code sees it.</summary>
    public async Task<Record?> WholeAsync(string id) => (await Server.GetRecordsAsync(App, [new("accounts", id)])).SingleOrDefault();

    /// <summary>The account as alice sees it.</summary>
    public async Task<Record?> SeenAsync(string id) => (await Server.GetRecordsAsync(Alice, [new("accounts", id)])).SingleOrDefault();

    public async ValueTask DisposeAsync()
    {
        await Server.DisposeAsync();
        _file?.Dispose();
    }
}
