namespace Sync.Crash.Tests;

/// <summary>What the target Kill asks for; nothing in a usual run.</summary>
internal static class Settings
{
    public static int? Loops => Number("SYNC_LOOPS");

    public static int? Seed => Number("SYNC_SEED");

    private static int? Number(string variable) => int.TryParse(Environment.GetEnvironmentVariable(variable), out var value) ? value : null;
}
