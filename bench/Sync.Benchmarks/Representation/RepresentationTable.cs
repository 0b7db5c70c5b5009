using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Sync.Benchmarks;

/// <summary>What a record could be made of, measured on what everything else does with one: hold, change, replay, load, send.</summary>
internal static class RepresentationTable
{
    private const int Many = 100_000;
    private const int Few = 10_000;
    private static readonly FieldPath Title = FieldPath.Of("title");
    private static readonly CanonicalJson NewTitle = CanonicalJson.From("Write a better report");
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static void Run(Report report)
    {
        report.Heading("Record representation");
        report.Header("what", "canonical UTF-8 (ours)", "CLR array", "JsonNode", "ours / CLR array", "ours / JsonNode");
        Memory(report);
        Compare(report, "`set` of one field", SetCanonical, SetClr, SetTree);
        Compare(report, "list move, 100 items", MoveCanonical, MoveClr, MoveTree);
        Compare(report, "read one field", ReadCanonical, ReadClr, ReadTree);
        Compare(report, "from stored bytes to a record", LoadCanonical, LoadClr, LoadTree);
    }

    private static void Memory(Report report)
    {
        var typed = PerRecord(i => SampleRecords.Typed(i), t => t.Id);
        var ours = PerRecord(SampleRecords.Canonical, r => r.Id);
        var clr = PerRecord(SampleRecords.Clr, r => r.Id);
        var tree = PerRecord(SampleRecords.Tree, t => (string)t["id"]!);
        report.Row("bytes per record, 100k in a dictionary", $"{ours}", $"{clr}", $"{tree}", Report.Times((double)ours / clr), Report.Times((double)ours / tree));
        report.Row("the same against a dictionary of typed objects", $"{ours}", $"{typed} (typed)", "", Report.Times((double)ours / typed) + " (floor 1.5x, stretch 1.2x)", "");
    }

    private static long PerRecord<T>(Func<int, T> make, Func<T, string> idOf) where T : class => SideBySide.BytesHeld(() =>
    {
        var all = new Dictionary<string, T>(Many);
        for (var i = 0; i < Many; i++)
        {
            var record = make(i);
            all[idOf(record)] = record;
        }
        return all;
    }) / Many;

    private static void Compare(Report report, string what, Func<int> ours, Func<int> clr, Func<int> tree)
    {
        var lanes = SideBySide.Run(("ours", ours), ("clr", clr), ("tree", tree));
        report.Row(what, Report.Rate(lanes[0].PerSecond), Report.Rate(lanes[1].PerSecond), Report.Rate(lanes[2].PerSecond), Report.Times(lanes[1].OursAsMultiple), Report.Times(lanes[2].OursAsMultiple));
    }

    private static readonly Record[] Canonicals = [.. Enumerable.Range(0, Few).Select(SampleRecords.Canonical)];
    private static readonly ClrRecord[] Clrs = [.. Enumerable.Range(0, Few).Select(SampleRecords.Clr)];
    private static readonly JsonObject[] Trees = [.. Enumerable.Range(0, Few).Select(SampleRecords.Tree)];
    private static readonly byte[][] Stored = [.. Canonicals.Select(r => r.Fields.Utf8.ToArray())];
    private static object? s_sink;

    private static int Repeat(int times, Action<int> each)
    {
        for (var round = 0; round < times; round++)
        {
            for (var i = 0; i < Few; i++) each(i);
        }
        return times * Few;
    }

    private static int SetCanonical() => Repeat(40, i => s_sink = Operations.Apply(Canonicals[i], new Operation.Set(Canonicals[i].Key, Title, NewTitle), Now).Record);
    private static int SetClr() => Repeat(40, i => s_sink = Clrs[i].Set("title", "Write a better report"));
    private static int SetTree() => Repeat(10, i =>
    {
        var copy = (JsonObject)Trees[i].DeepClone();
        copy["title"] = "Write a better report";
        copy["version"] = 2;
        s_sink = copy;
    });

    private static readonly string ListJson = $$"""{"tags":[{{string.Join(',', Enumerable.Range(0, 100).Select(i => $"\"tag-{i}\""))}}]}""";
    private static readonly Record ListRecord = new(new RecordKey("tasks", "t"), 1, CanonicalJson.Parse(ListJson));
    private static readonly ClrRecord ListClr = new("t", 1, ["tags"], [Enumerable.Range(0, 100).Select(i => (object?)$"tag-{i}").ToArray()]);
    private static readonly JsonObject ListTree = JsonNode.Parse(ListJson)!.AsObject();
    private static readonly Operation.ListInsert Move = new(ListRecord.Key, FieldPath.Of("tags"), CanonicalJson.From("tag-50"), ListPosition.AtStart);

    private static int MoveCanonical() => Repeat(10, _ => s_sink = Operations.Apply(ListRecord, Move, Now).Record);
    private static int MoveClr() => Repeat(10, _ => s_sink = ListClr.Move("tags", "tag-50"));
    private static int MoveTree() => Repeat(1, _ =>
    {
        var copy = (JsonObject)ListTree.DeepClone();
        var list = copy["tags"]!.AsArray();
        var value = JsonValue.Create("tag-50");
        list.RemoveAll(item => JsonNode.DeepEquals(item, value));
        list.Insert(0, value);
        s_sink = copy;
    });

    private static readonly FieldPath Status = FieldPath.Of("status");
    private static int ReadCanonical() => Repeat(40, i => s_sink = Canonicals[i].Get(Status) == NewTitle ? "" : null);
    private static int ReadClr() => Repeat(40, i => s_sink = Clrs[i].Get("status") as string == "x" ? "" : null);
    private static int ReadTree() => Repeat(40, i => s_sink = (string?)Trees[i]["status"] == "x" ? "" : null);

    private static int LoadCanonical() => Repeat(40, i => s_sink = new Record(Canonicals[i].Key, 1, CanonicalJson.FromCanonicalBytes(Stored[i])));
    private static int LoadClr() => Repeat(4, i => s_sink = ClrRecord.Parse("t", System.Text.Encoding.UTF8.GetString(Stored[i])));
    private static int LoadTree() => Repeat(4, i => s_sink = JsonNode.Parse(Stored[i]));

    private static readonly ArrayBufferWriter<byte> Wire = new(1024);
    private static readonly Utf8JsonWriter Writer = new(Wire);

    private static int SendCanonical() => Repeat(20, i =>
    {
        Wire.ResetWrittenCount();
        ProtocolCodec.WriteRecord(Wire, Canonicals[i]);
    });

    private static int SendClr() => Repeat(20, i => Write(() => Clrs[i].Write(Writer)));
    private static int SendTree() => Repeat(10, i => Write(() => Trees[i].WriteTo(Writer)));

    private static void Write(Action write)
    {
        Wire.ResetWrittenCount();
        Writer.Reset(Wire);
        write();
        Writer.Flush();
    }
}
