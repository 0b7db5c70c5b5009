namespace Sync.Testing;

/// <summary>Draws what goes on where the watcher may not look, and how it looks all the same: by hand, at anything, in any order.</summary>
internal sealed class WatcherDraw(SimulationWorkload workload, Random random)
{
    private const int OwnLines = 2;
    private const int GuideLine = 2;
    private const int Subscriptions = 6;

    private static readonly string[] Nonsense =
    [
        "oops", "{}", """{"type":"shout"}""", """{"type":"subscribe","sub":0}""", """{"type":"push","transactions":[{"seq":1}]}""", """{"type":"unsubscribe","sub":9999}""",
        """{"type":"inventory","sub":1,"path":"","buckets":[]}""",
    ];

    private readonly Dictionary<int, int> _said = [];
    private int _subscriptions;
    private int _seq;
    private int _written;

    public SimulationStep Next(int afterMs) => random.Next(11) switch
    {
        < 4 => new SimulationStep.HiddenWrite(afterMs, Json(Hidden()), random.Next(4) == 0 ? [] : Json(Hidden())),
        < 6 => Ask(afterMs),
        < 9 => Say(afterMs),
        9 => new SimulationStep.Verify(afterMs),
        _ => new SimulationStep.Hang(afterMs, random.Next(GuideLine + 1)),
    };

    private SimulationStep.Ask Ask(int afterMs) => random.Next(4) switch
    {
        0 => new(afterMs, Question.Records, $"[{string.Join(',', Enumerable.Range(0, random.Next(1, 5)).Select(_ => Pointer(Key())))}]"),
        1 => new(afterMs, Question.Query, QueryText()),
        2 => new(afterMs, Question.History, Pointer(Key())),
        _ => new(afterMs, Question.Write, Transaction()),
    };

    private SimulationStep.Say Say(int afterMs)
    {
        var line = random.Next(GuideLine + 1);
        var said = _said[line] = _said.GetValueOrDefault(line) + 1;
        if (line == GuideLine) return new(afterMs, line, random.Next(8) == 0 ? Nonsense[random.Next(Nonsense.Length)] : GuideFrame());
        return new(afterMs, line, said == 1 || random.Next(6) == 0 ? Hello(line) : Frame());
    }

    private string Hello(int line) => $$"""{"type":"hello","protocol":1,"clientId":"raw-{{line}}"{{(random.Next(2) == 0 ? ",\"token\":\"{token}\"" : "")}}}""";

    private string Frame() => random.Next(8) switch
    {
        < 3 => $$"""{"type":"subscribe","sub":{{++_subscriptions}},"query":{{QueryText()}}{{Claim()}}}""",
        3 => $$"""{"type":"unsubscribe","sub":{{Math.Max(1, _subscriptions - random.Next(Subscriptions))}}}""",
        < 7 => $$"""{"type":"push","transactions":[{"seq":{{++_seq}},{{Transaction()[1..]}}]}""",
        _ => Nonsense[random.Next(Nonsense.Length)],
    };

    private string GuideFrame()
    {
        var key = Key();
        return $$"""{"type":"{{(random.Next(4) == 0 ? "un" : "")}}subscribe","key":"{{key.Table}}:{{key.Id}}"}""";
    }

    private string Claim() => random.Next(3) switch
    {
        0 => $$""","count":{{random.Next(1, 4)}},"digest":"ASNFZ4mrze_-3LqYdlQyEA" """.TrimEnd(),
        1 => $$""","count":{{random.Next(1, 4)}},"digest":"ASNFZ4mrze_-3LqYdlQyEA","token":"{token}" """.TrimEnd(),
        _ => "",
    };

    private string QueryText() => random.Next(3) == 0 ? Query.ForRecord(Key()).Key.ToString() : workload.DrawQuery(random, workload.Watcher!).Key.ToString();

    private string Transaction()
    {
        var operations = (random.Next(2) == 0 ? workload.DrawWrite(random, workload.Watcher!) : workload.DrawHiddenWrite(random)).Where(operation => !workload.MayTell(operation)).ToArray();
        var bases = random.Next(3) == 0 && Key() is var key ? $$$""","baseVersions":{"{{{key.Table}}}":{"{{{key.Id}}}":{{{random.Next(4)}}}}}""" : "";
        return $$"""{"txId":"raw-{{++_written}}","operations":[{{string.Join(',', Json(operations))}}]{{bases}}}""";
    }

    /// <summary>Of a hidden record as often as of another.</summary>
    private RecordKey Key()
    {
        var operations = random.Next(2) == 0 ? workload.DrawWrite(random, workload.Watcher!) : Hidden();
        return operations.IsEmpty ? new RecordKey("nothing", "x") : operations[0].Key;
    }

    private System.Collections.Immutable.ImmutableArray<Operation> Hidden() => workload.DrawHiddenWrite(random);

    private static string Pointer(RecordKey key) => $$"""{"table":"{{key.Table}}","id":"{{key.Id}}"}""";
    private static string[] Json(IEnumerable<Operation> operations) => [.. operations.Select(operation => ProtocolCodec.ToJson(operation).ToString())];
}
