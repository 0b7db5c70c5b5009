namespace Sync.Client.Tests;

public sealed class ConnectionMachineTests
{
    // One line a phase, one cell an event: the phase that follows (none: it stays) and what is done. "again" says that a token has been asked for twice.
    private const string Table = """
        phase             | started          | stopped              | nudged                            | time elapsed           | connected                | failed        | failed 401             | failed 403 | turned away       | caught up  | closed               | closed 4401                 | silent               | garbled              | drained
        offline           | connecting: dial |                      |                                   |                        | : hang up                |               |                        |            |                   |            |                      |                             |                      |                      |
        waiting           |                  | offline: stop        | connecting: stop, dial            | connecting: dial       | : hang up                |               |                        |            |                   |            |                      |                             |                      |                      |
        waiting again     |                  | offline: stop        | connecting again: stop, dial      | connecting again: dial | : hang up                |               |                        |            |                   |            |                      |                             |                      |                      |
        connecting        |                  | offline: hang up     |                                   |                        | catching up: open        | waiting: wait | connecting again: dial | refused:   |                   |            |                      |                             |                      |                      |
        connecting again  |                  | offline: hang up     |                                   |                        | catching up again: open  | waiting again: wait | refused:         | refused:   |                   |            |                      |                             |                      |                      |
        catching up       |                  | offline: hang up     |                                   |                        |                          |               |                        |            | refused: hang up  | live:      | waiting: hang up, wait       | connecting again: hang up, dial | waiting: hang up, wait       | waiting: hang up, wait       | waiting: hang up, wait
        catching up again |                  | offline: hang up     |                                   |                        |                          |               |                        |            | refused: hang up  | live again: | waiting again: hang up, wait | refused: hang up            | waiting again: hang up, wait | waiting again: hang up, wait | waiting again: hang up, wait
        live              |                  | offline: hang up     |                                   |                        |                          |               |                        |            | refused: hang up  |            | waiting: hang up, wait | connecting again: hang up, dial | waiting: hang up, wait | waiting: hang up, wait | waiting: hang up, wait
        live again        |                  | offline: hang up     |                                   |                        |                          |               |                        |            | refused: hang up  |            | waiting: hang up, wait | waiting again: hang up, wait | waiting: hang up, wait | waiting: hang up, wait | waiting: hang up, wait
        refused           |                  | offline:             | connecting: dial                  |                        | : hang up                |               |                        |            |                   |            |                      |                             |                      |                      |
        """;

    private static readonly Dictionary<string, ConnectionPhase> Phases = new()
    {
        ["offline"] = ConnectionPhase.Offline.Instance,
        ["waiting"] = new ConnectionPhase.Waiting(2),
        ["waiting again"] = new ConnectionPhase.Waiting(2, HasAskedAgain: true),
        ["connecting"] = new ConnectionPhase.Connecting(2),
        ["connecting again"] = new ConnectionPhase.Connecting(2, HasAskedAgain: true),
        ["catching up"] = new ConnectionPhase.CatchingUp(2),
        ["catching up again"] = new ConnectionPhase.CatchingUp(2, HasAskedAgain: true),
        ["live"] = new ConnectionPhase.Live(),
        ["live again"] = new ConnectionPhase.Live(HasAskedAgain: true),
        ["refused"] = ConnectionPhase.Refused.Instance,
    };

    private static readonly Dictionary<string, ConnectionEvent> Events = new()
    {
        ["started"] = new ConnectionEvent.Started(),
        ["stopped"] = new ConnectionEvent.Stopped(),
        ["nudged"] = new ConnectionEvent.Nudged(),
        ["time elapsed"] = new ConnectionEvent.TimeElapsed(),
        ["connected"] = new ConnectionEvent.Connected(),
        ["failed"] = new ConnectionEvent.DialFailed(0),
        ["failed 401"] = new ConnectionEvent.DialFailed(401),
        ["failed 403"] = new ConnectionEvent.DialFailed(403),
        ["turned away"] = new ConnectionEvent.TurnedAway(),
        ["caught up"] = new ConnectionEvent.CaughtUp(),
        ["closed"] = new ConnectionEvent.Closed(1006),
        ["closed 4401"] = new ConnectionEvent.Closed(TransportClose.NotSignedIn),
        ["silent"] = new ConnectionEvent.FellSilent(),
        ["garbled"] = new ConnectionEvent.Garbled(),
        ["drained"] = new ConnectionEvent.Drained(TimeSpan.FromSeconds(3)),
    };

    [TestCaseSource(nameof(Cells))]
    public void Every_phase_knows_what_follows_from_every_event(string phase, string happened, string expected)
    {
        var (next, effects) = ConnectionMachine.Step(Phases[phase], Events[happened], chance: 0.5);

        Assert.That($"{(NameOf(next) == phase ? "" : NameOf(next))}: {string.Join(", ", effects.Select(NameOf))}".Trim(), Is.EqualTo(expected));
    }

    [Test]
    public void The_table_has_every_phase_and_every_event()
    {
        Assert.That(CasesOf<ConnectionPhase>(), Is.EquivalentTo(Phases.Values.Select(phase => phase.GetType()).Distinct()));
        Assert.That(CasesOf<ConnectionEvent>(), Is.EquivalentTo(Events.Values.Select(happened => happened.GetType()).Distinct()));
        Assert.That(CasesOf<ConnectionPhase>(), Has.Exactly(Enum.GetValues<ConnectionState>().Length).Items);
        Assert.That(Cells().Count(), Is.EqualTo(Phases.Count * Events.Count));
    }

    [Test]
    public void The_wait_grows_with_each_failure_and_is_short_again_after_being_live()
    {
        ConnectionPhase phase = new ConnectionPhase.Connecting(0);
        var waits = new List<double>();
        for (var i = 0; i < 7; i++)
        {
            (phase, var effects) = ConnectionMachine.Step(phase, new ConnectionEvent.DialFailed(0), chance: 0);
            waits.Add(effects.OfType<ConnectionEffect.Wait>().Single().Delay.TotalSeconds);
            (phase, _) = ConnectionMachine.Step(phase, new ConnectionEvent.TimeElapsed(), 0);
        }
        Assert.That(waits, Is.EqualTo(new[] { 0.5, 1, 2, 4, 8, 15, 15 }).AsCollection, "half of 1 s, 2 s … 30 s is sure, the other half is chance");

        (phase, _) = ConnectionMachine.Step(phase, new ConnectionEvent.Connected(), 0);
        (phase, _) = ConnectionMachine.Step(phase, new ConnectionEvent.CaughtUp(), 0);
        (_, var after) = ConnectionMachine.Step(phase, new ConnectionEvent.Closed(1006), chance: 0.999);
        Assert.That(after.OfType<ConnectionEffect.Wait>().Single().Delay.TotalSeconds, Is.EqualTo(1).Within(0.01));
    }

    [Test]
    public void A_connection_that_never_becomes_live_does_not_shorten_the_wait()
    {
        ConnectionPhase phase = new ConnectionPhase.CatchingUp(3);
        (phase, _) = ConnectionMachine.Step(phase, new ConnectionEvent.Closed(1006), 0);
        Assert.That(phase, Is.EqualTo(new ConnectionPhase.Waiting(4)));
    }

    [Test]
    public void A_draining_server_is_left_alone_for_as_long_as_it_asked()
    {
        foreach (var chance in new[] { 0, 0.5, 0.99 })
        {
            var (_, effects) = ConnectionMachine.Step(new ConnectionPhase.Live(), new ConnectionEvent.Drained(TimeSpan.FromSeconds(20)), chance);
            Assert.That(effects.OfType<ConnectionEffect.Wait>().Single().Delay, Is.InRange(TimeSpan.FromSeconds(20), TimeSpan.FromSeconds(30)));
        }
    }

    private static IEnumerable<TestCaseData> Cells()
    {
        var lines = Table.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('|', StringSplitOptions.TrimEntries)).ToArray();
        foreach (var line in lines[1..])
        {
            for (var i = 1; i < lines[0].Length; i++)
            {
                var cell = i < line.Length && line[i].Length > 0 ? line[i] : ":";
                yield return new TestCaseData(line[0], lines[0][i], cell).SetArgDisplayNames(line[0], lines[0][i], cell);
            }
        }
    }

    private static Type[] CasesOf<T>() => [.. typeof(T).GetNestedTypes(System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.NonPublic).Where(type => type.IsSubclassOf(typeof(T)))];

    private static string NameOf(ConnectionPhase phase) => phase switch
    {
        ConnectionPhase.Offline => "offline",
        ConnectionPhase.Waiting waiting => "waiting" + Again(waiting.HasAskedAgain),
        ConnectionPhase.Connecting connecting => "connecting" + Again(connecting.HasAskedAgain),
        ConnectionPhase.CatchingUp catchingUp => "catching up" + Again(catchingUp.HasAskedAgain),
        ConnectionPhase.Live live => "live" + Again(live.HasAskedAgain),
        _ => "refused",
    };

    private static string Again(bool hasAskedAgain) => hasAskedAgain ? " again" : "";

    private static string NameOf(ConnectionEffect effect) => effect switch
    {
        ConnectionEffect.Dial => "dial",
        ConnectionEffect.Open => "open",
        ConnectionEffect.HangUp => "hang up",
        ConnectionEffect.Wait => "wait",
        ConnectionEffect.StopWaiting => "stop",
        _ => throw new ArgumentOutOfRangeException(nameof(effect)),
    };
}
