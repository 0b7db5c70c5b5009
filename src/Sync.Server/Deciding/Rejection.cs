namespace Sync.Server;

/// <summary>Makes the receipt of a transaction that has no effect.</summary>
internal static class Rejection
{
    public static Receipt Of(Proposal proposal, DateTimeOffset now, string code, string message, int? status = null) => new()
    {
        TxId = proposal.Transaction.TxId,
        AuthorId = proposal.Caller.UserId,
        IsAccepted = false,
        Now = now,
        Code = code,
        Message = message,
        Status = status ?? ErrorCodes.StatusOf(code),
    };
}
