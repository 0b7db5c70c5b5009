using System.Text.Json.Serialization;

namespace Sync.Testing;

/// <summary>One thing that is done to the world. Plain data: a list of them can be written down, and run again with parts left out.</summary>
/// <param name="AfterMs">Virtual milliseconds since the step before.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "do")]
[JsonDerivedType(typeof(Write), "write")]
[JsonDerivedType(typeof(AppWrite), "appWrite")]
[JsonDerivedType(typeof(ForeignWrite), "foreignWrite")]
[JsonDerivedType(typeof(Hold), "hold")]
[JsonDerivedType(typeof(HiddenWrite), "hiddenWrite")]
[JsonDerivedType(typeof(Ask), "ask")]
[JsonDerivedType(typeof(Say), "say")]
[JsonDerivedType(typeof(Hang), "hang")]
[JsonDerivedType(typeof(Verify), "verify")]
[JsonDerivedType(typeof(Open), "open")]
[JsonDerivedType(typeof(Close), "close")]
[JsonDerivedType(typeof(Nudge), "nudge")]
[JsonDerivedType(typeof(EndSessions), "endSessions")]
[JsonDerivedType(typeof(Cut), "cut")]
[JsonDerivedType(typeof(HalfOpen), "halfOpen")]
[JsonDerivedType(typeof(Partition), "partition")]
[JsonDerivedType(typeof(Slow), "slow")]
[JsonDerivedType(typeof(Skew), "skew")]
[JsonDerivedType(typeof(CrashClient), "crashClient")]
[JsonDerivedType(typeof(FailStorage), "failStorage")]
[JsonDerivedType(typeof(CrashServer), "crashServer")]
[JsonDerivedType(typeof(RestartServer), "restartServer")]
[JsonDerivedType(typeof(FailStore), "failStore")]
[JsonDerivedType(typeof(TrimLog), "trimLog")]
[JsonDerivedType(typeof(DealWith), "dealWith")]
[JsonDerivedType(typeof(Undo), "undo")]
[JsonDerivedType(typeof(Group), "group")]
[JsonDerivedType(typeof(Freeze), "freeze")]
[JsonDerivedType(typeof(Backup), "backup")]
[JsonDerivedType(typeof(Restore), "restore")]
internal abstract record SimulationStep(int AfterMs)
{
    /// <summary>The client that it concerns; null for the server's side.</summary>
    [JsonIgnore]
    public virtual int? On => null;

    [JsonIgnore]
    public virtual bool IsFault => true;

    /// <summary>A transaction of a client.</summary>
    /// <param name="IsSilent">Whether undo does not know of it.</param>
    public sealed record Write(int AfterMs, int Client, string[] Operations, bool IsSilent = false) : SimulationStep(AfterMs)
    {
        public override int? On => Client;
        public override bool IsFault => false;
    }

    /// <summary>A client takes back what it did last, or brings it back.</summary>
    public sealed record Undo(int AfterMs, int Client, bool IsRedo) : SimulationStep(AfterMs)
    {
        public override int? On => Client;
        public override bool IsFault => false;
    }

    /// <summary>A client begins to write what is undone together, or ends that.</summary>
    public sealed record Group(int AfterMs, int Client, bool Ends) : SimulationStep(AfterMs)
    {
        public override int? On => Client;
        public override bool IsFault => false;
    }

    /// <summary>A transaction of the app's own code. With a base offset it carries base versions: what is there, plus the offset.</summary>
    public sealed record AppWrite(int AfterMs, string[] Operations, int? BaseOffset = null, int Node = 0) : SimulationStep(AfterMs)
    {
        public override bool IsFault => false;
    }

    /// <summary>Another node writes this between the next decision and its commit.</summary>
    public sealed record ForeignWrite(int AfterMs, string[] Operations) : SimulationStep(AfterMs);

    /// <summary>Somebody's own transaction holds the records of these operations for a while; then it commits them, or rolls back.</summary>
    public sealed record Hold(int AfterMs, string[] Operations, int ForMs, bool Commits) : SimulationStep(AfterMs);

    /// <summary>A transaction of the app on what the watcher may never read, and the one that is written instead where the twin world is to be apart. Either may be empty.</summary>
    public sealed record HiddenWrite(int AfterMs, string[] Operations, string[] TwinOperations) : SimulationStep(AfterMs)
    {
        public override bool IsFault => false;
    }

    /// <summary>The watcher asks the server without a client of ours, as over HTTP.</summary>
    public sealed record Ask(int AfterMs, Question What, string Text) : SimulationStep(AfterMs)
    {
        public override bool IsFault => false;
    }

    /// <summary>The watcher sends a frame on a line of its own, which is opened where it is not. <c>{token}</c> stands for the newest token that it was given.</summary>
    public sealed record Say(int AfterMs, int Line, string Frame) : SimulationStep(AfterMs)
    {
        public override bool IsFault => false;
    }

    /// <summary>The watcher closes a line.</summary>
    public sealed record Hang(int AfterMs, int Line) : SimulationStep(AfterMs)
    {
        public override bool IsFault => false;
    }

    /// <summary>The server checks all subscriptions by digest now.</summary>
    public sealed record Verify(int AfterMs) : SimulationStep(AfterMs)
    {
        public override bool IsFault => false;
    }

    /// <summary>A screen of a client shows a query.</summary>
    public sealed record Open(int AfterMs, int Client, int Screen, string Query) : SimulationStep(AfterMs)
    {
        public override int? On => Client;
        public override bool IsFault => false;
    }

    public sealed record Close(int AfterMs, int Client, int Screen) : SimulationStep(AfterMs)
    {
        public override int? On => Client;
        public override bool IsFault => false;
    }

    public sealed record Nudge(int AfterMs, int Client) : SimulationStep(AfterMs)
    {
        public override int? On => Client;
        public override bool IsFault => false;
    }

    /// <summary>The app ends all sessions of the client's user.</summary>
    public sealed record EndSessions(int AfterMs, int Client, int Node = 0) : SimulationStep(AfterMs)
    {
        public override int? On => Client;
    }

    /// <summary>The connection drops: the client learns at once, the server later, and till then late frames arrive there.</summary>
    public sealed record Cut(int AfterMs, int Client, int ServerLearnsAfterMs) : SimulationStep(AfterMs)
    {
        public override int? On => Client;
    }

    /// <summary>The connection swallows what is sent on it and tells nobody.</summary>
    public sealed record HalfOpen(int AfterMs, int Client, bool Up, bool Down) : SimulationStep(AfterMs)
    {
        public override int? On => Client;
    }

    /// <summary>No network for some clients: connections swallow, dials fail, or are never answered.</summary>
    public sealed record Partition(int AfterMs, int[] Clients, int ForMs, bool IsDeaf) : SimulationStep(AfterMs);

    public sealed record Slow(int AfterMs, int Client, int MaxDelayMs) : SimulationStep(AfterMs)
    {
        public override int? On => Client;
    }

    /// <summary>The client's wall clock jumps.</summary>
    public sealed record Skew(int AfterMs, int Client, long Seconds) : SimulationStep(AfterMs)
    {
        public override int? On => Client;
    }

    /// <summary>The client's process dies: now, or before or after its n-th storage call from now on.</summary>
    public sealed record CrashClient(int AfterMs, int Client, int DownMs, int AtCall, bool IsAfterCall) : SimulationStep(AfterMs)
    {
        public override int? On => Client;
    }

    /// <summary>The client's next so many storage batches fail and change nothing.</summary>
    public sealed record FailStorage(int AfterMs, int Client, int Calls) : SimulationStep(AfterMs)
    {
        public override int? On => Client;
    }

    /// <summary>The server's process dies: now, or before or after its n-th store call from now on. With 0 for the peers they are not told.</summary>
    public sealed record CrashServer(int AfterMs, int DownMs, int AtCall, bool IsAfterCall, int PeersLearnAfterMs, int Node = 0) : SimulationStep(AfterMs);

    /// <summary>The server says goodbye, ends, and starts again.</summary>
    public sealed record RestartServer(int AfterMs, int DownMs, int Node = 0) : SimulationStep(AfterMs);

    public sealed record FailStore(int AfterMs, StoreFault Fault, int Calls, int Node = 0) : SimulationStep(AfterMs);

    public sealed record TrimLog(int AfterMs, int Keep) : SimulationStep(AfterMs);

    /// <summary>The user looks into the tray and deals with the first thing in it.</summary>
    public sealed record DealWith(int AfterMs, int Client, TrayDeal How) : SimulationStep(AfterMs)
    {
        public override int? On => Client;
        public override bool IsFault => false;
    }

    /// <summary>The client's process stands still, as a tab in the background does, and goes on later.</summary>
    public sealed record Freeze(int AfterMs, int Client, int ForMs, bool LosesLocks) : SimulationStep(AfterMs)
    {
        public override int? On => Client;
    }

    /// <summary>The server's store is copied.</summary>
    public sealed record Backup(int AfterMs) : SimulationStep(AfterMs);

    /// <summary>The server dies, and its store is the copy again.</summary>
    public sealed record Restore(int AfterMs, int DownMs) : SimulationStep(AfterMs);
}

[JsonConverter(typeof(JsonStringEnumConverter<TrayDeal>))]
internal enum TrayDeal { Retry, Discard }

/// <summary>What the watcher asks for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Question>))]
internal enum Question
{
    /// <summary>The text is a list of <c>{"table","id"}</c>.</summary>
    Records,

    /// <summary>The text is a query.</summary>
    Query,

    /// <summary>The text is a <c>{"table","id"}</c>.</summary>
    History,

    /// <summary>The text is a transaction.</summary>
    Write,
}

/// <summary>What goes wrong with a commit, or with any call.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StoreFault>))]
internal enum StoreFault
{
    /// <summary>Answered as busy; nothing is written.</summary>
    Unavailable,

    /// <summary>The answer is lost, and nothing was written.</summary>
    LostBefore,

    /// <summary>The answer is lost, and all was written.</summary>
    LostAfter,

    /// <summary>Throws from a commit that took effect.</summary>
    ThrowsAfter,

    /// <summary>Throws from any call, before it does anything.</summary>
    Throws,
}
