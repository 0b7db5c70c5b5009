namespace Sync;

/// <summary>What applying one operation gave: the new record, or why it was refused.</summary>
public readonly record struct ApplyResult
{
    private ApplyResult(Record? record, bool conditionFailed, ApplyError? error) => (Record, ConditionFailed, Error) = (record, conditionFailed, error);

    /// <summary>The record after the operation, a tombstone after a delete; null when refused.</summary>
    public Record? Record { get; }

    /// <summary>True when the operation's condition did not hold: nothing changed, the version still counts.</summary>
    public bool ConditionFailed { get; }

    public ApplyError? Error { get; }

    public static ApplyResult Applied(Record record, bool conditionFailed = false) => new(record, conditionFailed, null);
    public static ApplyResult Refused(string code, string message) => new(null, false, new ApplyError(code, message));
}

/// <summary>Why an operation or a transaction was refused: a stable code of <see cref="ErrorCodes"/> and a sentence without record content.</summary>
public sealed record ApplyError(string Code, string Message);
