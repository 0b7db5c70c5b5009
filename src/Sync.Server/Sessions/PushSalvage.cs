using System.Diagnostics.CodeAnalysis;

namespace Sync.Server;

/// <summary>One transaction of a push, or why it makes no sense.</summary>
internal sealed record SalvagedTransaction(long Seq, string TxId, Transaction? Transaction, JsonFault? Fault);

/// <summary>
/// Reads a push with malformed transactions one by one. Each keeps its own fate: closing the connection over one of them would bring the client back with the
/// same push for ever.
/// </summary>
internal static class PushSalvage
{
    /// <summary>False where it is no push, or not even place and id of a transaction can be read.</summary>
    public static bool TryRead(ReadOnlySpan<byte> frame, out string? clientId, [NotNullWhen(true)] out IReadOnlyList<SalvagedTransaction>? transactions)
    {
        (clientId, transactions) = (null, null);
        if (!CanonicalJson.TryParse(frame, out var message, out _) || message["type"].AsString() != "push") return false;
        if (!message["clientId"].IsMissingOrNull && ((clientId = message["clientId"].AsString()) is null || IdRule.Check(clientId) is not null)) return false;
        var salvaged = new List<SalvagedTransaction>();
        foreach (var element in message["transactions"].Elements)
        {
            if (element["seq"].AsInt64() is not (> 0 and var seq) || element["txId"].AsString() is not { } txId) return false;
            ProtocolCodec.TryReadTransaction(element, out var transaction, out var fault);
            salvaged.Add(new SalvagedTransaction(seq, txId, transaction, fault));
        }
        transactions = salvaged;
        return salvaged.Count > 0;
    }
}
