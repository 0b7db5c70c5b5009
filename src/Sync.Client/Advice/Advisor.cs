namespace Sync.Client;

/// <summary>Judges a write that is not made yet: each record that it names before and after, by the view.</summary>
internal sealed class Advisor(SyncModel model, ClientHeart heart, ClientRules rules, Caller caller)
{
    public WriteAdvice Advise(Action<TransactionBuilder> build, DateTimeOffset now)
    {
        var draft = new TransactionBuilder(model, heart.FindForWriting, now);
        try
        {
            build(draft);
            if (draft.Operations.Count > 0) WriteCheck.Pass(model, draft, heart.FindForWriting);
        }
        catch (RecordNotHeldException notHeld)
        {
            return new WriteAdvice.Unknown(notHeld.Key);
        }
        catch (InvalidWriteException invalid)
        {
            return new WriteAdvice.Denied(invalid.Error.Code, invalid.Key);
        }

        WriteAdvice advice = WriteAdvice.Allowed.Instance;
        var source = new ViewSource(model, heart, draft);
        foreach (var operations in draft.Operations.GroupBy(operation => operation.Key))
        {
            var next = Judge(operations.Key, operations.First(), draft.Find(operations.Key), source);
            if (next is WriteAdvice.Denied) return next;
            if (next is WriteAdvice.Unknown && advice is WriteAdvice.Allowed) advice = next;
        }
        return advice;
    }

    private WriteAdvice Judge(RecordKey key, Operation first, Record? after, ViewSource source)
    {
        var before = heart.FindForWriting(key);
        if (rules.Find(key.Table) is not { } ruled) return new WriteAdvice.Unknown(key);
        if (first is Operation.Create)
            return before is { IsDeleted: false } ? new WriteAdvice.Denied(ErrorCodes.AlreadyExists, key) : Told(ruled.MayWrite(caller, key, before, after, source), key, source);

        if (before is null) return new WriteAdvice.Unknown(key);
        if (before.IsDeleted && first is not Operation.Restore) return new WriteAdvice.Denied(ErrorCodes.NotFound, key);

        var read = before.IsDeleted ? new Record(key, before.Version, before.Fields) : before;
        return Told(ruled.MayRead(caller, read, source), key, source) switch
        {
            WriteAdvice.Denied => new WriteAdvice.Denied(ErrorCodes.NotFound, key),
            WriteAdvice.Unknown unknown => unknown,
            _ => Told(ruled.MayWrite(caller, key, before, after, source), key, source),
        };
    }

    /// <remarks>A rule that throws here may have met what only the server has, and one that found nothing may have missed what is not on this device.</remarks>
    private static WriteAdvice Told(RuleOutcome outcome, RecordKey key, ViewSource source) => outcome switch
    {
        RuleOutcome.Allowed => WriteAdvice.Allowed.Instance,
        RuleOutcome.Denied { Fault: null } denied when denied.Reads.Lookups.All(source.IsWhole) => new WriteAdvice.Denied(denied.Code, key),
        _ => new WriteAdvice.Unknown(key),
    };
}
