using Microsoft.Extensions.Logging;

namespace Sync.Server;

/// <summary>Fills bytes by chance that nobody can guess. Handed in, so that a simulated server repeats itself.</summary>
internal delegate void FillRandom(Span<byte> bytes);

/// <summary>The rooms of a running server, for whoever works in more than one of them.</summary>
internal sealed record ServerRooms(
    SyncModel Model,
    SyncServerOptions Options,
    TimeProvider Time,
    FillRandom Random,
    ILoggerFactory Loggers,
    ITransactionStore Store,
    StoreInfo StoreInfo,
    RecordSource Source,
    Judge Judge,
    TransactionProcessor Processor)
{
    /// <summary>True for a simulator: the publisher runs on the stack of the commit that it publishes, so that all is one thread. Else a commit waits for nobody's sockets.</summary>
    public bool RunsInline { get; init; }
}
