using System.Security.Cryptography;

namespace Sync.Server;

/// <summary>What can be said of a transaction without looking at anything else. Nothing is stored for what is refused here.</summary>
internal static class Admission
{
    private const string AppPrefix = "app:";

    /// <param name="contentHash">Tells the transaction from another one under the same id.</param>
    public static Refusal? Check(Caller caller, Transaction transaction, ClientSequence? client, SyncServerOptions options, out ReadOnlyMemory<byte> contentHash)
    {
        contentHash = default;
        if (CheckNames(caller, transaction, client) is { } misnamed) return misnamed;
        if (CheckCounts(transaction, options) is { } refused) return refused;

        byte[] content;
        try
        {
            content = ProtocolCodec.CanonicalBytes(transaction, TransactionJson.WriteContent);
        }
        catch (JsonFaultException fault)
        {
            return new(fault.Fault.Code, fault.Fault.Message);
        }

        contentHash = SHA256.HashData(content);
        return content.Length <= options.MaxTransactionBytes
            ? null
            : new(ErrorCodes.TooLarge, $"A transaction may have at most {options.MaxTransactionBytes} bytes, but {content.Length} came.");
    }

    private static Refusal? CheckNames(Caller caller, Transaction transaction, ClientSequence? client)
    {
        if (!caller.IsApp && caller.UserId.StartsWith(AppPrefix, StringComparison.Ordinal)) return new(ErrorCodes.NotAllowed, $"A user id can't begin with \"{AppPrefix}\": it stands for the app's own code.");
        if (transaction.AuthorId is { } author && author != caller.UserId) return new(ErrorCodes.AuthorMismatch, "The author must be the user who is signed in.");
        if (IdRule.Check(transaction.TxId) is { } badTxId) return new(badTxId.Code, $"txId: {badTxId.Message}");
        if (client is { } numbered)
        {
            if (IdRule.Check(numbered.ClientId) is { } badClient) return new(badClient.Code, $"clientId: {badClient.Message}");
            if (numbered.Seq < 1) return new(ErrorCodes.BadMessage, "A client numbers its transactions from 1 on.");
        }

        foreach (var operation in transaction.Operations.IsDefault ? [] : transaction.Operations)
        {
            if (IdRule.Check(operation.Key.Id) is { } badId) return new(badId.Code, badId.Message);
        }
        return null;
    }

    private static Refusal? CheckCounts(Transaction transaction, SyncServerOptions options)
    {
        if (transaction.Operations.IsDefaultOrEmpty) return new(ErrorCodes.BadMessage, "A transaction needs at least one operation.");
        var most = options.MaxOperationsPerTransaction;
        if (transaction.Operations.Length > most) return new(ErrorCodes.TooManyOperations, $"A transaction may have at most {most} operations, but {transaction.Operations.Length} came.");
        if (!transaction.BaseVersions.IsDefault && transaction.BaseVersions.Length > most)
            return new(ErrorCodes.TooManyOperations, $"A transaction may name at most {most} base versions, but {transaction.BaseVersions.Length} came.");
        return null;
    }
}
