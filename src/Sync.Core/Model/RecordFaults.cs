using System.Text.Json;

namespace Sync;

/// <summary>What is said of a record that does not fit its type: where and what was expected, never the value nor an exception's text.</summary>
internal static class RecordFaults
{
    public static ApplyError Misfit(string table, ShapeFault fault) =>
        new(ErrorCodes.InvalidRecord, $"A record of \"{table}\" does not fit: \"{fault.Path}\" must be {fault.Expected}.");

    public static ApplyError Unreadable(string table, Exception? fault) => PathOf(fault as JsonException) is { } path
        ? new(ErrorCodes.InvalidRecord, $"A record of \"{table}\" does not fit: \"{path}\" is not a value of its type.")
        : new(ErrorCodes.InvalidRecord, $"A record of \"{table}\" does not fit its type.");

    private static string? PathOf(JsonException? fault) => fault?.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : null;
}
