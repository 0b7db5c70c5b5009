using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Sync.Server;

/// <summary>The names under which the server tells of itself: give them to <c>AddSource</c> and <c>AddMeter</c>.</summary>
public static class SyncDiagnostics
{
    public const string ActivitySourceName = "Sync.Server";
    public const string MeterName = "Sync.Server";

    internal static ActivitySource Activities { get; } = new(ActivitySourceName);
    internal static Meter Meter { get; } = new(MeterName);

    /// <summary>Transactions by <c>outcome</c> (accepted, rejected, refused) and, where there is one, <c>code</c>.</summary>
    internal static Counter<long> Decisions { get; } = Meter.CreateCounter<long>("sync.server.decisions", "{transaction}");

    /// <summary>Commits by what the store answered.</summary>
    internal static Counter<long> Commits { get; } = Meter.CreateCounter<long>("sync.server.commits", "{commit}");
    internal static Histogram<int> BatchSize { get; } = Meter.CreateHistogram<int>("sync.server.commit.transactions", "{transaction}");
    internal static Histogram<double> CommitTime { get; } = Meter.CreateHistogram<double>("sync.server.commit.duration", "s");

    /// <summary>From the call to the receipt.</summary>
    internal static Histogram<double> WriteTime { get; } = Meter.CreateHistogram<double>("sync.server.write.duration", "s");

    /// <summary>One run of one rule, by <c>table</c> and <c>rule</c>.</summary>
    internal static Histogram<double> RuleTime { get; } = Meter.CreateHistogram<double>("sync.server.rule.duration", "s");
    internal static Counter<long> RuleFaults { get; } = Meter.CreateCounter<long>("sync.server.rule.faults", "{fault}");

    /// <summary>Claims of clients by <c>outcome</c>: equal, log (the change log told the difference), or compared bucket by bucket.</summary>
    internal static Counter<long> Claims { get; } = Meter.CreateCounter<long>("sync.server.claims", "{claim}");

    /// <summary>Loads that the processor's loop had to wait for.</summary>
    internal static Counter<long> LoopLoads { get; } = Meter.CreateCounter<long>("sync.server.loop.loads", "{load}");
    internal static UpDownCounter<long> Waiting { get; } = Meter.CreateUpDownCounter<long>("sync.server.queue.length", "{transaction}");
}
