using System.Collections.Immutable;
using System.Runtime.Versioning;

namespace Sync.Client.IndexedDb;

/// <summary>All that is stored but partitions and records, as it was at one time.</summary>
[SupportedOSPlatform("browser")]
internal sealed class StoredContent
{
    public const string Writer = "writer";
    public const string Token = "token";

    private readonly ILookup<string, StoredTransaction> _queue;
    private readonly ImmutableArray<StoredSubscription> _subscriptions;
    private readonly ImmutableArray<StoredRejection> _tray;
    private readonly Dictionary<string, string> _state;
    private readonly ILookup<string, StoredUndoStep> _undoSteps;

    private StoredContent(IReadOnlyList<IReadOnlyList<byte[]>> values)
    {
        _queue = values[0].Select(StoredValues.ReadQueued).OrderBy(one => one.Place.Seq).ToLookup(one => one.Place.ClientId, StringComparer.Ordinal);
        _subscriptions = [.. values[1].Select(StoredValues.ReadSubscription)];
        _tray = [.. values[2].Select(StoredValues.ReadRejection).OrderBy(one => one.RejectedAt)];
        _undoSteps = values[4].Select(StoredValues.ReadUndoStep).OrderBy(one => one.Step.Number).ToLookup(one => one.ClientId, one => one.Step, StringComparer.Ordinal);
        _state = values[3].Select(StoredValues.ReadState).ToDictionary(one => one.Name, one => one.Text, StringComparer.Ordinal);
    }

    public string? this[string name] => _state.GetValueOrDefault(name);

    public static async Task<StoredContent> ReadAsync(Database database)
    {
        var values = await database.ReadAsync(Stored.Queue, Stored.Subscriptions, Stored.Tray, Stored.State, Stored.UndoSteps).ConfigureAwait(false);
        return database.Parse(() => new StoredContent(values));
    }

    public ImmutableArray<StoredTransaction> QueueOf(string clientId) => [.. _queue[clientId]];

    public StoredState StateOf(Held held) => new()
    {
        ClientId = held.Own.Stored.ClientId,
        LastSeq = held.Own.Stored.LastSeq,
        IsWriter = held.Writer is not null,
        Queue = [.. held.Partitions.SelectMany(partition => QueueOf(partition.Stored.ClientId))],
        Subscriptions = _subscriptions,
        Tray = _tray,
        UndoSteps = [.. _undoSteps[held.Own.Stored.ClientId]],
        Token = this[Token],
    };
}
