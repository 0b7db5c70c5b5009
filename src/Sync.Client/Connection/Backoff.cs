namespace Sync.Client;

/// <summary>How long to wait before the next dial: 1 s doubling to 30 s, of which up to half is left to chance so that a crowd does not come back at once.</summary>
internal static class Backoff
{
    public static readonly TimeSpan First = TimeSpan.FromSeconds(1);
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private const int MaxDoublings = 5;

    /// <param name="failures">Failures before this one.</param>
    /// <param name="chance">From 0 up to, not including, 1.</param>
    public static TimeSpan After(int failures, double chance)
    {
        var whole = First * Math.Pow(2, Math.Min(failures, MaxDoublings));
        return (whole < Longest ? whole : Longest) * (0.5 + chance / 2);
    }

    /// <summary>What the server asked for and up to a half more, but no less than any other failure waits.</summary>
    public static TimeSpan AtLeast(TimeSpan retryAfter, int failures, double chance)
    {
        var (asked, own) = (retryAfter * (1 + chance / 2), After(failures, chance));
        return asked > own ? asked : own;
    }
}
