namespace Sync.Server;

/// <summary>
/// Finds out which subscription a malformed subscribe is about: it alone is refused. Closing the connection over it would bring the client back with the same
/// subscribe for ever.
/// </summary>
internal static class SubscribeSalvage
{
    /// <summary>False where it is no subscribe, or does not name its subscription.</summary>
    public static bool TryRead(ReadOnlySpan<byte> frame, out SubscriptionId id)
    {
        id = default;
        if (!CanonicalJson.TryParse(frame, out var message, out _) || message["type"].AsString() != "subscribe") return false;
        id = new SubscriptionId(message["sub"].AsInt64() ?? 0);
        return id.Value > 0;
    }
}
