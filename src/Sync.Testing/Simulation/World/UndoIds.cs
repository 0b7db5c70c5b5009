using System.Globalization;

namespace Sync.Testing;

/// <summary>The ids of transactions that an undo or a redo writes.</summary>
internal static class UndoIds
{
    public static string Of(bool isRedo, int client, int number) => string.Create(CultureInfo.InvariantCulture, $"{(isRedo ? "redo" : "undo")}-{client}-{number}");
    public static bool IsUndo(string txId) => txId.StartsWith("undo-", StringComparison.Ordinal);
    public static bool IsOne(string txId) => IsUndo(txId) || txId.StartsWith("redo-", StringComparison.Ordinal);
}
