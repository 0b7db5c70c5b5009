namespace Sync.Client;

/// <summary>What a message from the server came to.</summary>
/// <param name="Step">What it changed in records and queue.</param>
/// <param name="Event">What it means for the connection.</param>
/// <param name="Heartbeat">How often the server wants to hear something.</param>
/// <param name="HoldFor">Nothing is to be pushed for this long.</param>
internal readonly record struct SessionNews(Step Step, ConnectionEvent? Event = null, TimeSpan? Heartbeat = null, TimeSpan? HoldFor = null)
{
    public static SessionNews None { get; } = new(Step.Nothing);
    public static SessionNews Of(ConnectionEvent happened) => new(Step.Nothing, happened);
}
