using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Sync.Client;

/// <summary>What the client measures: one source and one meter, both named <c>Sync.Client</c>. No record content, no ids of people.</summary>
public static class SyncDiagnostics
{
    public const string Name = "Sync.Client";

    internal static ActivitySource Source { get; } = new(Name);
    internal static Meter Meter { get; } = new(Name);

    internal static Counter<long> Writes { get; } = Meter.CreateCounter<long>("sync.client.writes", "{transaction}", "Transactions written on this device.");
    internal static Counter<long> Receipts { get; } = Meter.CreateCounter<long>("sync.client.receipts", "{transaction}", "Answers to this device's transactions, by outcome.");
    internal static Counter<long> Checkpoints { get; } = Meter.CreateCounter<long>("sync.client.checkpoints", "{checkpoint}", "Checkpoints applied.");
    internal static Counter<long> Repairs { get; } = Meter.CreateCounter<long>("sync.client.repairs", "{query}", "Queries whose records differed from the server's by digest.");
    internal static Counter<long> OtherHistories { get; } = Meter.CreateCounter<long>("sync.client.other_histories", "{session}", "Sessions with a store that was restored or replaced.");
    internal static Counter<long> Dials { get; } = Meter.CreateCounter<long>("sync.client.dials", "{dial}", "Connections tried.");
}
