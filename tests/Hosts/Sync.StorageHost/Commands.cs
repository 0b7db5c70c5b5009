using System.Runtime.Versioning;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.JSInterop;
using Sync.Client;
using Sync.Client.IndexedDb;
using Sync.Testing;

namespace Sync.StorageHost;

/// <summary>What tests ask of this page.</summary>
[SupportedOSPlatform("browser")]
public static class Commands
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly StorageName Ann = new(new Uri("https://sync.example/api/realtime"), "ann");

    private static readonly IndexedDbStorageProvider Provider = new("shared", new IndexedDbStorageOptions(), NullLogger.Instance);
    private static IRecordStorage? _storage;
    private static StoredState? _state;

    /// <summary>Runs one case of the conformance suite: null, or what went wrong.</summary>
    [JSInvokable]
    public static async Task<string?> RunCase(string name)
    {
        using var patience = new CancellationTokenSource(Patience);
        await using var home = new BrowserStorageHome();
        try
        {
            await RecordStorageConformance.Cases.Single(one => one.ToString() == name).RunAsync(home, patience.Token);
            return null;
        }
        catch (Exception fault)
        {
            return fault.ToString();
        }
    }

    /// <summary>Opens the storage that all pages share and tells: client id, last number, whether it is the writer, numbers in the queue.</summary>
    [JSInvokable]
    public static Task<string> Open(string clientId) => ToldAsync(async () =>
    {
        _storage = await Provider.OpenAsync(Ann, CancellationToken.None);
        return await LoadAsync(clientId);
    });

    [JSInvokable]
    public static Task<string> LoadAgain(string clientId) => ToldAsync(() => LoadAsync(clientId));

    [JSInvokable]
    public static Task<string> Enqueue(string clientId, long seq) =>
        WriteAsync(new StorageBatch { Queued = [new StoredTransaction(new QueuePlace(clientId, seq), new Transaction { TxId = $"{clientId}-{seq}", Operations = [new Operation.Delete(new RecordKey("things", "x"))] }, null)], LastSeq = seq });

    /// <summary>Writes a record with a text of that many characters.</summary>
    [JSInvokable]
    public static Task<string> Put(string id, int length) =>
        WriteAsync(new StorageBatch { Puts = [new Record(new RecordKey("things", id), 1, CanonicalJson.Parse($$"""{"text":"{{new string('x', length)}}"}"""))] });

    [JSInvokable]
    public static Task<string> Remember(long number, string content) => WriteAsync(new StorageBatch { UndoSteps = [new StoredUndoStep(number, CanonicalJson.From(content))] });

    [JSInvokable]
    public static Task<string> GoOnAs(string clientId) => WriteAsync(new StorageBatch { NewClientId = clientId });

    [JSInvokable]
    public static string Database() => Provider.NameOf(Ann);

    /// <summary>All that was loaded besides what <see cref="Open"/> tells: labels, token, queries, tray and undo steps.</summary>
    [JSInvokable]
    public static string Loaded() => string.Join(" | ",
        string.Join(' ', _state!.Queue.Select(one => $"{one.Transaction.TxId}:{one.Label}")),
        _state.Token,
        string.Join(' ', _state.Subscriptions.Select(one => one.Query.Key)),
        string.Join(' ', _state.Tray.Select(one => $"{one.Transaction.TxId}:{one.Code}")),
        string.Join(' ', _state.UndoSteps.Select(one => $"{one.Number}:{one.Content}")));

    /// <summary>Ids of the stored records, with the length of their texts.</summary>
    [JSInvokable]
    public static Task<string> Records() => ToldAsync(async () =>
    {
        var records = await Storage.QueryAsync(new Query { Table = "things" }, CancellationToken.None);
        return string.Join(' ', records.Select(record => $"{record.Id}:{record.Get(FieldPath.Of("text")).AsString()?.Length}").Order(StringComparer.Ordinal));
    });

    [JSInvokable]
    public static Task<string> BecomeWriter() => ToldAsync(async () => $"{await Storage.TryBecomeWriterAsync(CancellationToken.None)}");

    /// <summary>Durable writes of one transaction, each followed by a raw put of as many bytes: the median of both in milliseconds.</summary>
    [JSInvokable]
    public static async Task<string> MeasureWrites(int count)
    {
        var (ours, raw) = (new List<double>(), new List<double>());
        var content = new byte[ProtocolCodec.ToJson(Write(1).Transaction).Utf8.Length];
        for (var seq = 1; seq <= count; seq++)
        {
            var start = TimeProvider.System.GetTimestamp();
            await Storage.WriteAsync(new StorageBatch { Queued = [Write(seq)], LastSeq = seq }, CancellationToken.None);
            ours.Add(TimeProvider.System.GetElapsedTime(start).TotalMilliseconds);
            start = TimeProvider.System.GetTimestamp();
            await BrowserStorageHome.RawPutAsync(seq, content);
            raw.Add(TimeProvider.System.GetElapsedTime(start).TotalMilliseconds);
        }
        return FormattableString.Invariant($"ours {ours.Order().ElementAt(count / 2):0.00} ms, raw put {raw.Order().ElementAt(count / 2):0.00} ms");

        static StoredTransaction Write(long seq) => new(
            new QueuePlace("a", seq), new Transaction { TxId = $"a-{seq}", Operations = [new Operation.Set(new RecordKey("things", "x"), FieldPath.Of("title"), CanonicalJson.From("Write the report"))] }, null);
    }

    private static IRecordStorage Storage => _storage ?? throw new InvalidOperationException("Open comes first.");

    private static Task<string> WriteAsync(StorageBatch batch) => ToldAsync(async () =>
    {
        await Storage.WriteAsync(batch, CancellationToken.None);
        return "written";
    });

    private static async Task<string> LoadAsync(string clientId)
    {
        var state = _state = await Storage.LoadAsync(clientId, CancellationToken.None);
        return $"{state.ClientId} {state.LastSeq} {(state.IsWriter ? "writer" : "other")} [{string.Join(' ', state.Queue.Select(one => $"{one.Place.ClientId}-{one.Place.Seq}"))}]";
    }

    private static async Task<string> ToldAsync(Func<Task<string>> act)
    {
        try
        {
            return await act();
        }
        catch (Exception fault)
        {
            return fault.GetType().Name;
        }
    }
}
