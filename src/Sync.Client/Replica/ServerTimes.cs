namespace Sync.Client;

/// <summary>
/// A transaction may name what an earlier one's <c>set-now</c> writes, such as an undo that puts back a field only where it still holds that. Until the earlier one is
/// answered this device only guesses the time, so the later one waits for it and is put right before it is sent.
/// </summary>
internal static class ServerTimes
{
    public static bool AreNamedBy(PendingTransaction later, PendingTransaction earlier)
    {
        if (!later.Transaction.Operations.Any(operation => operation.Condition is Condition.ValueIs)) return false;
        var guess = CanonicalJson.From(earlier.Now);
        return later.Transaction.Operations.Any(operation => Names(operation, guess) && Sets(earlier, operation));
    }

    public static Operation Learned(Operation operation, PendingTransaction answered, DateTimeOffset now)
    {
        var (guess, real) = (CanonicalJson.From(answered.Now), CanonicalJson.From(now));
        if (!Names(operation, guess) || !Sets(answered, operation)) return operation;
        return operation switch
        {
            Operation.Set set => set with { Value = set.Value == guess ? real : set.Value, If = Learned(set.If, guess, real) },
            Operation.Unset unset => unset with { If = Learned(unset.If, guess, real) },
            _ => operation,
        };
    }

    private static bool Names(Operation operation, CanonicalJson guess) =>
        operation is { Condition: Condition.ValueIs held } && held.Value == guess || operation is Operation.Set { If: not null } set && set.Value == guess;

    private static bool Sets(PendingTransaction earlier, Operation named) =>
        earlier.Transaction.Operations.Any(operation => operation is Operation.SetNow setNow && setNow.Key == named.Key && setNow.Path == named.FieldPath());

    private static Condition? Learned(Condition? condition, CanonicalJson guess, CanonicalJson real) =>
        condition is Condition.ValueIs held && held.Value == guess ? new Condition.ValueIs(real) : condition;
}
