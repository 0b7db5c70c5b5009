using System.Text.RegularExpressions;
using Sync.AspNetCore.Tests.Revocation;
using Sync.AspNetCore.Tests.Site;

namespace Sync.AspNetCore.Tests.Leaks;

/// <summary>
/// Leaks that other live-sync systems had and published, each as a test by its name, over real sockets into SQLite. The list of where they come from is in
/// <c>docs/reliability.md</c>. Project <c>plans</c> with its docs is of team <c>crew</c>, of which bob is a member until a test takes it away.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public abstract partial class LeakScene
{
    private int _lastMark;

    internal LibrarySite Library { get; private set; } = null!;
    internal TestSite Site => Library.Site;

    [SetUp]
    public async Task StartAsync() => Library = await LibrarySite.StartAsync();

    [TearDown]
    public async Task StopAsync() => await Library.DisposeAsync();

    /// <summary>A session of bob's that watches his memo, so that it can be told how far it has read.</summary>
    internal async Task<RawSession> OpenAsync(string clientId = "raw", string more = "")
    {
        var session = await RawSession.OpenAsync(Site, "bob", clientId, more);
        await session.SubscribeAsync(99, "memos", RawSession.Eq("ownerId", "bob"));
        await session.ReadUntilAsync(frame => frame.Contains("\"memos\"", StringComparison.Ordinal));
        return session;
    }

    /// <summary>Has something readable happen and reads up to it: all that was owed for what happened before has come. Gives the frames up to there.</summary>
    internal async Task<string[]> ReadToMarkAsync(RawSession session)
    {
        var (mark, read) = (++_lastMark, session.Frames.Count);
        await Library.WriteAsync(tx => tx.Table<Memo>().Set("bobs", n => n.Count, mark));
        await session.ReadUntilAsync(frame => frame.Contains($"\"count\":{mark}", StringComparison.Ordinal));
        return [.. session.Frames.Skip(read)];
    }

    internal Task SetTextAsync(string doc, string text) => Library.WriteAsync(tx => tx.Table<Doc>().Set(doc, d => d.Text, text));

    /// <summary>What stands in frames but for tokens, marks and the name by which was asked.</summary>
    internal static string Alike(IEnumerable<string> frames, string name) =>
        Counts().Replace(Tokens().Replace(string.Join('\n', frames), "token"), "count").Replace(name, "(name)", StringComparison.Ordinal);

    [GeneratedRegex("\"token\":\"[^\"]*\"")]
    private static partial Regex Tokens();

    [GeneratedRegex("\"count\":\\d+|\"version\":\\d+")]
    private static partial Regex Counts();
}
