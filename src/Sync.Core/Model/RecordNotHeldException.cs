namespace Sync;

/// <summary>An update named a record that is not on the device, or not in the store: code <c>not_held</c>. Use a typed verb that needs no prior value.</summary>
public sealed class RecordNotHeldException(RecordKey key) : InvalidOperationException($"{key} is not held here, so there is nothing to change. Subscribe to it first, or use Set, which needs no prior value.")
{
    public RecordKey Key { get; } = key;
}
