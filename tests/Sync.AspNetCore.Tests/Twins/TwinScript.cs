using Sync.Server;

namespace Sync.AspNetCore.Tests.Twins;

/// <summary>What bob tries, word for word the same on each server. Before each thing something hidden may happen.</summary>
/// <remarks>
/// A line is open in our protocol, one in the guide's. Behind each thing that bob does, each line is asked for something that everybody may have: what came before the answer belongs
/// to that thing, and where nothing may come, nothing stands there.
/// </remarks>
internal sealed class TwinScript(SyncServer server, Ear ear, Vault vault, string secret)
{
    private const string Ours = "ours";
    private const string Guides = "the guide's";

    private static readonly Caller App = Caller.App("script");
    private int _lastSub;
    private int _lastSeq;
    private int _lastTx;
    private readonly List<int> _subscribed = [];
    private bool _isOpen;

    public async Task PlayAsync(string title)
    {
        await WriteAsync(
            """{"type":"create","table":"rooms","id":"open","value":{"name":"Open","memberIds":["bob","alice"]}}""",
            """{"type":"create","table":"rooms","id":"other","value":{"name":"Other","memberIds":["bob","alice"]}}""",
            Book("d1", "open", 1, title), Book("d2", "open", 2), Book("d3", "open", 3), Book("d4", "open", 4), Book("e1", "other", 5), Book("fence", "open", 9, tag: "none"));

        await AskAsync();
        await SendWritesAsync();
        await SendNonsenseAsync();
        await OpenAsync();
        await SubscribeAsync();
        await PushAsync();
        await LiveAsync();
        await ComeBackAsync();
    }

    private async Task AskAsync()
    {
        foreach (var id in Ids) await PostAsync("getRecords", $$$$"""{"pointers":[{"table":"books","id":"{{{{id}}}}"},{"table":"books","id":"d1"}]}""");
        await PostAsync("getRecords", $$"""{"pointers":[{{string.Join(',', Ids.Concat(["d2", "d3"]).Select(Pointer))}}]}""");
        foreach (var (table, id) in new[] { ("rooms", "vault"), ("rooms", "cellar"), ("rooms", "open"), ("passes", "p1"), ("passes", "p2"), ("nothing", "x") })
        {
            await PostAsync("getRecords", $$$$"""{"pointers":[{"table":"{{{{table}}}}","id":"{{{{id}}}}"}]}""");
            await GetAsync($"history?table={table}&id={id}");
        }
        foreach (var id in Ids.Append("d1")) await GetAsync($"history?table=books&id={id}&limit=1");
    }

    private async Task SendWritesAsync()
    {
        foreach (var id in Ids)
        {
            await WriteAsBobAsync(Set(id, "title", "\"Mine\""));
            await WriteAsBobAsync(Set(id, "title", "\"Mine\"", """, "if":{"version":1}"""));
            await WriteAsBobAsync(Set(id, "title", "\"Mine\"", """, "if":{"value":"a guess"}"""));
            await WriteAsBobAsync($$$$"""{"type":"unset","table":"books","id":"{{{{id}}}}","key":"tags","if":{"absent":true}}""");
            await WriteAsBobAsync($$$$"""{"type":"delete","table":"books","id":"{{{{id}}}}"}""");
            await WriteAsBobAsync($$$$"""{"type":"restore","table":"books","id":"{{{{id}}}}"}""");
            await WriteAsBobAsync($$$$"""{"type":"listInsert","table":"books","id":"{{{{id}}}}","key":"tags","value":"x","position":"append"}""");
            await WriteAsBobAsync($$$$"""{"type":"listRemove","table":"books","id":"{{{{id}}}}","key":"tags","value":"red"}""");
            await WriteAsBobAsync($$$$"""{"type":"set-now","table":"books","id":"{{{{id}}}}","key":"title"}""");
            await WriteAsBobAsync(Set("d2", "rank", "2"), Set(id, "title", "\"Mine\""));
            for (var version = 0; version < 3; version++) await WriteAsBobAsync($$$$""", "baseVersions":{"books":{"{{{{id}}}}":{{{{version}}}}}}""", Set("d2", "rank", $"{version}"));
        }
        foreach (var (room, name) in new[] { ("open", "Mine"), ("vault", "Mine"), ("cellar", "Mine"), ("open", new string('x', 50)) })
            await WriteAsBobAsync($$$$"""{"type":"create","table":"books","id":"{{{{Vault.Taken}}}}","value":{"roomId":"{{{{room}}}}","title":"{{{{name}}}}","rank":1}}""");
        foreach (var room in new[] { "vault", "cellar", "nowhere" }) await WriteAsBobAsync(Set("d2", "roomId", $"\"{room}\""));
        await WriteAsBobAsync("""{"type":"listInsert","table":"rooms","id":"cellar","key":"memberIds","value":"bob","position":"append"}""");
        await WriteAsBobAsync("""{"type":"create","table":"passes","id":"mine","value":{"roomId":"vault","userId":"bob"}}""");
        await WriteAsBobAsync(Set("d2", "secret", "\"guess\""));
        await WriteAsBobAsync(Set("d2", "title", "\"Mine\"", """, "if":{"version":7}"""));
    }

    private async Task SendNonsenseAsync()
    {
        foreach (var body in new[] { "", "oops", "{}", "[]", """{"txId":"x","operations":[]}""", """{"txId":"x","operations":[{"type":"shout"}]}""", """{"pointers":5}""" })
        {
            await PostAsync("write", body);
            await PostAsync("getRecords", body);
        }
    }

    private async Task OpenAsync()
    {
        await ear.OpenAsync(Ours);
        await ear.OpenAsync(Guides);
        await ear.SayAsync(Ours, """{"type":"hello","protocol":1,"clientId":"bobs"}""");
        await ear.HearAsync(Ours, "welcome");
        _isOpen = true;
        await FenceAsync();
    }

    private async Task SubscribeAsync()
    {
        foreach (var id in Ids) await SubscribeToAsync(Where("id", "eq", $"\"{id}\""));
        foreach (var room in new[] { "open", "vault", "cellar", "nowhere" }) await SubscribeToAsync(Where("roomId", "eq", $"\"{room}\""));
        await SubscribeToAsync(Where("roomId", "in", """["open","vault","cellar"]"""));
        await SubscribeToAsync(Where("tags", "contains", "\"red\""), ""","orderBy":[{"field":"rank"}],"limit":2""");
        await SubscribeToAsync(Where("tags", "contains", "\"red\""), ""","orderBy":[{"field":"rank","descending":true}],"limit":2""");
        await SubscribeToAsync("""{"table":"rooms","where":[{"field":"memberIds","op":"contains","value":"carol"}]""");
        await SubscribeToAsync("""{"table":"rooms","where":[{"field":"memberIds","op":"contains","value":"bob"}]""");
        foreach (var query in new[] { """{"table":"passes","where":[{"field":"userId","op":"eq","value":"bob"}]""", """{"table":"nothing","where":[]""", """{"table":"books","where":[]""", Where("secret", "eq", "\"x\"") })
        {
            await SayAsync($$$$"""{"type":"subscribe","sub":{{{{++_lastSub}}}},"query":{{{{query}}}}}}""");
            await ear.HearAsync(Ours, $"\"sub\":{_lastSub}");
            await FenceAsync();
        }
        foreach (var id in Ids.Concat(["d1", "d2"]))
        {
            await vault.StirAsync();
            await ear.SayAsync(Guides, $$$$"""{"type":"subscribe","key":"books:{{{{id}}}}"}""");
            if (id is "d1" or "d2") await ear.HearAsync(Guides, $"books:{id}");
            await FenceAsync();
        }
    }

    private async Task PushAsync()
    {
        foreach (var id in Ids)
        {
            await PushAsync(Set(id, "title", "\"Mine\""));
            await PushAsync($$$$"""{"type":"delete","table":"books","id":"{{{{id}}}}","if":{"version":1}}""");
            await PushAsync(Set("d3", "rank", "3"), Set(id, "title", "\"Mine\""));
        }
        await PushAsync($$$$"""{"type":"create","table":"books","id":"{{{{Vault.Taken}}}}","value":{"roomId":"open","title":"Mine","rank":1}}""");
        await PushAsync(Set("d3", "roomId", "\"vault\""));
        await PushAsync("""{"type":"shout"}""");
        await PushAsync(Set("d3", "title", "\"By bob\""));
        await PushAsync(Set("d3", "title", "\"By bob again\"", """, "if":{"value":"nobody's"}"""));
    }

    // With one subscription, so that a change is one frame: what several loads bring may come in one or in several.
    private async Task LiveAsync()
    {
        foreach (var sub in _subscribed) await SayAsync($$$$"""{"type":"unsubscribe","sub":{{{{sub}}}}}""");
        await SubscribeToAsync(Where("tags", "contains", "\"red\""));
        await ChangeAsync("first change", Set("d1", "title", "\"first change\""));
        await ChangeAsync("d1", Set("d1", "rank", "8"));
        await ChangeAsync("second change", Set("d1", "secret", $"\"{secret}, changed\""), Set("d1", "title", "\"second change\""));
        await ChangeAsync("d5", Book("d5", "open", 0));
        await ChangeAsync("\"out\":[\"d5\"]", """{"type":"delete","table":"books","id":"d5"}""");
        await ChangeAsync("\"out\":[\"d4\"]", Set("d4", "roomId", "\"vault\""));
        await ChangeAsync("\"in\":[\"d4\"]", Set("d4", "roomId", "\"open\""));
        await ChangeAsync("\"out\":[\"e1\"]", """{"type":"listRemove","table":"rooms","id":"other","key":"memberIds","value":"bob"}""");
        await ChangeAsync("\"in\":[\"e1\"]", """{"type":"create","table":"passes","id":"bobs","value":{"roomId":"other","userId":"bob"}}""");
        await ChangeAsync("\"out\":[\"e1\"]", """{"type":"delete","table":"passes","id":"bobs"}""");
    }

    private async Task ComeBackAsync()
    {
        await PostAsync("getRecords", """{"pointers":[{"table":"books","id":"d1"}]}""");
        var held = CanonicalJson.Parse(ear.Last)["recordMap"]["books"]["d1"].ToString();
        var stranger = """{"id":"only-quiet","version":1,"title":"a guess"}""";
        foreach (var (claim, until) in new[]
        {
            (Claims.Of(held), "\"loaded\":true"), (Claims.Of(held, stranger), "\"compare\""), (Claims.Of(stranger), "\"compare\""),
        })
        {
            await ear.HangUpAsync(Ours);
            await vault.StirAsync();
            await WriteAsync(Set("d2", "title", $"\"while away {_lastTx}\""));
            await ear.HearAsync(Guides, "books:d2");
            await ear.OpenAsync(Ours);
            await ear.SayAsync(Ours, $$$$"""{"type":"hello","protocol":1,"clientId":"bobs","token":"{{{{ear.Token}}}}"}""");
            await ear.HearAsync(Ours, "welcome");
            var sub = ++_lastSub;
            await SayAsync($$$$"""{"type":"subscribe","sub":{{{{sub}}}},"query":{{{{Where("id", "in", """["d1","only-quiet","only-busy"]""")}}}}},{{{{claim}}}},"token":"{{{{ear.Token}}}}"}""");
            await ear.HearAsync(Ours, until);
            if (until == "\"compare\"")
            {
                await SayAsync($$$$"""{"type":"inventory","sub":{{{{sub}}}},"buckets":[{"path":"","entries":[]}],"deeper":[]}""");
                await ear.HearAsync(Ours, $"\"sub\":{sub}");
            }
            await FenceAsync();
        }
        await ear.HangUpAsync(Ours);
        await ear.OpenAsync(Ours);
        await ear.SayAsync(Ours, """{"type":"hello","protocol":1,"clientId":"bobs","token":"AAECAwQFBgcICQoLDA0ODw"}""");
        await ear.HearAsync(Ours, "welcome");
        await FenceAsync();
        await SayAsync("oops");
        await ear.HearAsync(Ours, "nothing that comes");
    }

    private static IEnumerable<string> Ids => Vault.Guesses.Append(Vault.Taken);

    private static string Pointer(string id) => $$$$"""{"table":"books","id":"{{{{id}}}}"}""";

    private static string Where(string field, string op, string value) => $$$$"""{"table":"books","where":[{"field":"{{{{field}}}}","op":"{{{{op}}}}","value":{{{{value}}}}}]""";

    private string Book(string id, string room, int rank, string title = "One", string tag = "red") =>
        $$$$"""{"type":"create","table":"books","id":"{{{{id}}}}","value":{"roomId":"{{{{room}}}}","title":"{{{{title}}}}","rank":{{{{rank}}}},"tags":["{{{{tag}}}}"],"secret":"{{{{secret}}}}"}}""";

    private static string Set(string id, string key, string value, string more = "") => $$$$"""{"type":"set","table":"books","id":"{{{{id}}}}","key":"{{{{key}}}}","value":{{{{value}}}}{{{{more}}}}}""";

    private async Task PostAsync(string endpoint, string body)
    {
        await vault.StirAsync();
        await ear.PostAsync(endpoint, body);
    }

    private async Task GetAsync(string path)
    {
        await vault.StirAsync();
        await ear.GetAsync(path);
    }

    private Task WriteAsBobAsync(params string[] operations) => operations[0].StartsWith(',')
        ? PostAsync("write", $$$$"""{"txId":"http-{{{{++_lastTx}}}}","operations":[{{{{string.Join(',', operations.Skip(1))}}}}]{{{{operations[0]}}}}}""")
        : PostAsync("write", $$$$"""{"txId":"http-{{{{++_lastTx}}}}","operations":[{{{{string.Join(',', operations)}}}}]}""");

    private async Task SayAsync(string frame)
    {
        await vault.StirAsync();
        await ear.SayAsync(Ours, frame);
    }

    private async Task SubscribeToAsync(string query, string more = "")
    {
        await SayAsync($$$$"""{"type":"subscribe","sub":{{{{++_lastSub}}}},"query":{{{{query}}}}{{{{more}}}}}}""");
        _subscribed.Add(_lastSub);
        await ear.HearAsync(Ours, $"\"sub\":{_lastSub}");
        await FenceAsync();
    }

    private async Task PushAsync(params string[] operations)
    {
        await SayAsync($$$$"""{"type":"push","transactions":[{"seq":{{{{++_lastSeq}}}},"txId":"push-{{{{_lastSeq}}}}","operations":[{{{{string.Join(',', operations)}}}}]}]}""");
        await ear.HearAsync(Ours, $"\"seq\":{_lastSeq}");
        await FenceAsync();
    }

    /// <summary>Something that bob may see is changed by the app.</summary>
    private async Task ChangeAsync(string until, params string[] operations)
    {
        await vault.StirAsync();
        await WriteAsync(operations);
        await ear.HearAsync(Ours, until);
        if (operations.Any(operation => operation.Contains("\"id\":\"d1\"", StringComparison.Ordinal))) await ear.HearAsync(Guides, "books:d1");
        await vault.StirAsync();
        await FenceAsync();
    }

    private async Task FenceAsync()
    {
        if (!_isOpen) return;
        await ear.SayAsync(Ours, $$$$"""{"type":"subscribe","sub":{{{{++_lastSub}}}},"query":{"table":"books","where":[{"field":"id","op":"eq","value":"fence {{{{_lastSub}}}}"}]}}""");
        await ear.HearAsync(Ours, $"\"sub\":{_lastSub}");
        await ear.SayAsync(Ours, $$$$"""{"type":"unsubscribe","sub":{{{{_lastSub}}}}}""");
        await ear.SayAsync(Guides, """{"type":"subscribe","key":"books:fence"}""");
        await ear.HearAsync(Guides, "books:fence");
    }

    private async Task WriteAsync(params string[] operations)
    {
        Operation[] read = [.. operations.Select(ReadOperation)];
        var result = await server.WriteAsync(App, new Transaction { TxId = $"app-{++_lastTx}", Operations = [.. read] });
        Assert.That(result.IsAccepted, Is.True, result.Receipt?.Message);
    }

    private static Operation ReadOperation(string text) =>
        ProtocolCodec.TryReadOperation(CanonicalJson.Parse(text), out var operation, out var fault) ? operation : throw new FormatException(fault.Message);
}
