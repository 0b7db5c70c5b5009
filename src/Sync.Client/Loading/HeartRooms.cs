namespace Sync.Client;

/// <summary>What the rooms around the heart share. Replica and plan belong to the gate; <see cref="Tell"/> and <see cref="Wake"/> are called outside it.</summary>
internal sealed record HeartRooms(
    Lock Gate, Replica Replica, SendPlan Plan, IRecordStorage Storage, StorageWriter Writer, SyncClientOptions Options, TimeProvider Time, ClientLog Log, Action<Step> Tell, Action Wake)
{
    private readonly long _start = Time.GetTimestamp();

    /// <summary>The time since the client started.</summary>
    public TimeSpan Now => Time.GetElapsedTime(_start);

    /// <summary>By this device's clock, which may be wrong by years.</summary>
    public DateTimeOffset Date => Time.GetUtcNow();
}
