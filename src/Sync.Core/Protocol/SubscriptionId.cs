namespace Sync;

/// <summary>A subscription's number within one session. Given by the client, never used twice in a session; 0 is none.</summary>
internal readonly record struct SubscriptionId(long Value)
{
    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
