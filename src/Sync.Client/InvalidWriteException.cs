namespace Sync.Client;

/// <summary>A write was refused at the door: what it would make of a record does not pass the model's checks. Nothing was written.</summary>
public sealed class InvalidWriteException(RecordKey key, ApplyError error) : ArgumentException($"{key} would not be valid: {error.Message} ({error.Code})")
{
    public RecordKey Key { get; } = key;

    /// <summary>The stable code, <c>invalid_record</c> or the app's own, and a sentence.</summary>
    public ApplyError Error { get; } = error;
}
