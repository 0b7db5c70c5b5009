using Microsoft.Extensions.DependencyInjection;
using Sync.Client;
using Sync.Client.Sqlite;
using TaskApp.Model;

namespace Sync.Driver;

/// <summary>One client and what was opened on it, one command at a time.</summary>
internal sealed class Session : IAsyncDisposable
{
    private const int MostHandles = 100_000;

    private readonly Plug _plug = new();
    private readonly Dictionary<string, WriteHandle> _writes = [];
    private ServiceProvider? _services;
    private SyncClient? _client;
    private OpenQueries? _queries;

    public bool HasEnded { get; private set; }

    public async Task<CanonicalJson> DoAsync(Command command) => command.Name switch
    {
        "open" => await OpenAsync(command),
        "write" => await WriteAsync(command, tx => Add(tx, command.Operations)),
        "create" => await WriteAsync(command, tx => tx.Add(new Operation.Create(command.Key, command["value"]))),
        "update" => await WriteAsync(command, tx => Add(tx, command["set"].Members.Select(field => new Operation.Set(command.Key, FieldPath.Parse(field.Key), field.Value)))),
        "delete" => await WriteAsync(command, tx => tx.Add(new Operation.Delete(command.Key))),
        "read" => await ReadAsync(command),
        "query" => With("records", Reply.Of(Client.Records.Query(command.Query))),
        "subscribe" => await SubscribeAsync(command),
        "rows" => Rows(Queries.Find(command.Number("subscription"))),
        "unsubscribe" => await UnsubscribeAsync(command),
        "wait" => await WaitAsync(command),
        "settle" => await SettleAsync(command),
        "status" => Status(command),
        "tray" => With("items", CanonicalJson.List(Client.Tray.Items.Select(Reply.Of))),
        "retry" => Sent(await Client.Tray.RetryAsync(command.Text("txId"))),
        "edit" => Sent(await Client.Tray.ResendAsync(command.Text("txId"), tx => Add(tx, command.Operations))),
        "discard" => await DiscardAsync(command),
        "export" => With("export", CanonicalJson.Parse(Client.Tray.ExportJson())),
        "offline" => await GoOfflineAsync(),
        "online" => GoOnline(),
        "signOut" => await SignOutAsync(command),
        "exit" => await ExitAsync(),
        var unknown => throw new CommandException("unknown_command", $"\"{unknown}\" is no command. README.md lists them."),
    };

    public async ValueTask DisposeAsync()
    {
        if (_queries is not null) await _queries.DisposeAsync();
        if (_client is not null) await _client.DisposeAsync();
        if (_services is not null) await _services.DisposeAsync();
        (_queries, _client, _services) = (null, null, null);
    }

    private SyncClient Client => _client ?? throw new CommandException("not_open", "Nothing is open. Send \"open\" first.");

    private OpenQueries Queries => _queries ?? throw new CommandException("not_open", "Nothing is open. Send \"open\" first.");

    private async Task<CanonicalJson> OpenAsync(Command command)
    {
        if (_client is not null) throw new CommandException("already_open", "One process has one client. Send \"signOut\" first.");
        if (command.Flag("offline")) await _plug.PullAsync();

        var services = new ServiceCollection();
        services.AddSyncClient(AppModel.Create(), o => o.Server = new Uri(command.Text("server"))).UseSqlite(command.Text("folder"), o =>
        {
            if (command.Flag("losesNewest")) o.Durability = SqliteDurability.LosesNewestOnPowerLoss;
        }).UseTransport(_ => _plug);
        _services = services.BuildServiceProvider();
        var client = _services.GetRequiredService<SyncClientFactory>().Create();
        var (user, token) = (command.Text("user"), command.TextOrNull("token") ?? command.Text("user"));
        try
        {
            await client.SignInAsync(new SyncUser(user, _ => ValueTask.FromResult<string?>(token)));
        }
        catch
        {
            await client.DisposeAsync();
            throw;
        }
        (_client, _queries) = (client, new OpenQueries(client));
        return Reply.Of(client.Status);
    }

    private async Task<CanonicalJson> WriteAsync(Command command, Action<TransactionBuilder> build) => Sent(await Client.WriteAsync(command.TextOrNull("label")!, build));

    private static void Add(TransactionBuilder tx, IEnumerable<Operation> operations)
    {
        foreach (var operation in operations) tx.Add(operation);
    }

    private CanonicalJson Sent(WriteHandle write)
    {
        if (_writes.Count == MostHandles) _writes.Clear();
        _writes[write.TxId] = write;
        return With("txId", CanonicalJson.From(write.TxId));
    }

    private async Task<CanonicalJson> ReadAsync(Command command)
    {
        var record = await Client.Records.FindAsync(command.Key);
        return CanonicalJson.Object(
            new("record", record is null ? CanonicalJson.Null : Reply.Of(record)),
            new("status", Reply.Of(Client.Records.StatusOf(command.Key))));
    }

    private async Task<CanonicalJson> SubscribeAsync(Command command)
    {
        var (number, query) = Queries.Open(command.Query);
        var isInTime = !command.Flag("current") || await IsInTimeAsync(query.WhenCurrentAsync, command.Patience());
        return CanonicalJson.Object([new("subscription", CanonicalJson.From(number)), new("isInTime", CanonicalJson.From(isInTime)), .. Rows(query).Members]);
    }

    private CanonicalJson Rows(IOpenQuery query) => CanonicalJson.Object(
        new("freshness", Reply.Of(query.Freshness)),
        new("error", query.Error),
        new("ids", CanonicalJson.List(query.Ids.Select(CanonicalJson.From))));

    private async Task<CanonicalJson> UnsubscribeAsync(Command command)
    {
        await Queries.CloseAsync(command.Number("subscription"));
        return CanonicalJson.EmptyObject;
    }

    private async Task<CanonicalJson> WaitAsync(Command command)
    {
        if (!_writes.TryGetValue(command.Text("txId"), out var write)) throw new CommandException("no_write", "This process did not write it; \"settle\" waits for all that waits.");
        var isInTime = await IsInTimeAsync(cancellation => write.Receipt.WaitAsync(cancellation), command.Patience());
        return CanonicalJson.Object(
            new("isInTime", CanonicalJson.From(isInTime)),
            new("receipt", isInTime ? ProtocolCodec.ToJson(await write.Receipt) : default),
            new("status", Reply.Of(write.Status)));
    }

    /// <summary>Until nothing waits for its receipt: also what an earlier process had written.</summary>
    private async Task<CanonicalJson> SettleAsync(Command command)
    {
        var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Client.StatusChanged += Look;
        Look(Client.Status);
        var isInTime = await IsInTimeAsync(cancellation => settled.Task.WaitAsync(cancellation), command.Patience());
        Client.StatusChanged -= Look;
        return CanonicalJson.Object([new("isInTime", CanonicalJson.From(isInTime)), .. Reply.Of(Client.Status).Members]);

        void Look(ClientStatus status)
        {
            if (status.PendingWrites == 0 && (!command.Flag("live") || status.Connection == ConnectionState.Live)) settled.TrySetResult();
        }
    }

    private CanonicalJson Status(Command command) => command.TextOrNull("txId") is { } txId && _writes.TryGetValue(txId, out var write)
        ? CanonicalJson.Object([.. Reply.Of(Client.Status).Members, new("write", Reply.Of(write.Status))])
        : Reply.Of(Client.Status);

    private async Task<CanonicalJson> DiscardAsync(Command command)
    {
        await Client.Tray.DiscardAsync(command.Text("txId"));
        return CanonicalJson.EmptyObject;
    }

    private async Task<CanonicalJson> GoOfflineAsync()
    {
        await _plug.PullAsync();
        return CanonicalJson.EmptyObject;
    }

    private CanonicalJson GoOnline()
    {
        _plug.PutIn();
        _client?.Nudge();
        return CanonicalJson.EmptyObject;
    }

    private async Task<CanonicalJson> SignOutAsync(Command command)
    {
        var unsent = command.TextOrNull("unsent") switch
        {
            null or "keep" => UnsentWork.Keep,
            "export" => UnsentWork.Export,
            "discard" => UnsentWork.Discard,
            var other => throw new CommandException("bad_command", $"\"unsent\" is keep, export or discard, not \"{other}\"."),
        };
        var export = await Client.SignOutAsync(unsent);
        await DisposeAsync();
        _writes.Clear();
        return With("export", export is null ? default : CanonicalJson.Parse(export));
    }

    private async Task<CanonicalJson> ExitAsync()
    {
        HasEnded = true;
        await DisposeAsync();
        return CanonicalJson.EmptyObject;
    }

    private static async Task<bool> IsInTimeAsync(Func<CancellationToken, Task> wait, TimeSpan patience)
    {
        using var cancellation = new CancellationTokenSource(patience);
        try
        {
            await wait(cancellation.Token);
            return true;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return false;
        }
    }

    private static CanonicalJson With(string name, CanonicalJson value) => CanonicalJson.Object(new KeyValuePair<string, CanonicalJson>(name, value));
}
