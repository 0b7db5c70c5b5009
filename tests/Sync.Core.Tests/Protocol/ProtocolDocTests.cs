using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using Sync.Tests;

namespace Sync.Core.Tests;

/// <summary>Holds <c>docs/protocol.md</c> to the code: its rules to their tests, its examples, vectors and tables to what is really so.</summary>
public sealed partial class ProtocolDocTests
{
    private static readonly string Page = File.ReadAllText(Path.Combine(Repository.Root, "docs/protocol.md"));

    [Test]
    public void Every_rule_names_tests_that_exist()
    {
        var written = Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "src/Sync.Testing"), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Contains("obj"))
            .SelectMany(file => Method().Matches(File.ReadAllText(file)).Select(m => m.Groups[1].Value)).ToHashSet();
        var rules = Rule().Matches(Page);

        Assert.That(rules, Has.Count.EqualTo(Page.Split('\n').Count(line => line.StartsWith("- **", StringComparison.Ordinal))));
        foreach (Match rule in rules)
        {
            var tests = rule.Groups["tests"].Success ? Name().Matches(rule.Groups["tests"].Value).Select(m => m.Groups[1].Value).ToArray() : [];
            Assert.That(tests, Is.Not.Empty, $"{rule.Groups["number"]} names no test.");
            Assert.That(tests.Where(test => !written.Contains(test)), Is.Empty, $"{rule.Groups["number"]} names tests that are not there.");
        }
    }

    [Test]
    public void No_rule_has_the_number_of_another() => Assert.That(Rule().Matches(Page).Select(m => m.Groups["number"].Value), Is.Unique);

    [TestCaseSource(nameof(Examples))]
    public void Every_example_can_be_read(string kind, string example)
    {
        var bytes = Encoding.UTF8.GetBytes(example);
        JsonFault? fault = null;
        var isRead = kind switch
        {
            "client" => ProtocolCodec.TryReadClient(bytes, out _, out fault),
            "server" => ProtocolCodec.TryReadServer(bytes, out _, out fault),
            "transaction" => ProtocolCodec.TryReadTransaction(bytes, out _, out fault),
            "operation" => ProtocolCodec.TryReadOperation(CanonicalJson.Parse(example), out _, out fault),
            "query" => ProtocolCodec.TryReadQuery(CanonicalJson.Parse(example), out _, out fault),
            "record" => ProtocolCodec.TryReadRecord("tasks", CanonicalJson.Parse(example), out _, out fault),
            "history" => ProtocolCodec.TryReadHistory(bytes, new("tasks", "task-1"), out _, out fault),
            "guide" => GuideDialect.TryRead(bytes, out _, out fault),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Give this kind of example a reader."),
        };

        Assert.That(isRead, Is.True, fault?.Message);
    }

    [Test]
    public void Every_message_and_operation_has_an_example()
    {
        Assert.That(TypesOf("client"), Is.EquivalentTo(SomeMessages.OfClient.Select(m => TypeOf(Frames.Of(m.Message))).Distinct()));
        Assert.That(TypesOf("server"), Is.EquivalentTo(SomeMessages.OfServer.Select(m => TypeOf(Frames.Of(m.Message))).Distinct()));
        Assert.That(TypesOf("operation"), Is.EquivalentTo(SomeMessages.EveryOperation.Select(o => ProtocolCodec.ToJson(o)["type"].AsString()).Distinct()));
    }

    [Test]
    public void The_vectors_of_the_canonical_form_are_right()
    {
        var vectors = Vector().Matches(Section("1. Values"));

        Assert.That(vectors, Has.Count.GreaterThan(15));
        foreach (Match vector in vectors) Assert.That(CanonicalJson.Parse(vector.Groups[1].Value).ToString(), Is.EqualTo(vector.Groups[2].Value));
    }

    [Test]
    public void The_vectors_of_the_order_are_right()
    {
        var values = Block().Matches(Page).Single(m => m.Groups["kind"].Value == "text order").Groups["text"].Value.TrimEnd().Split('\n').Select(CanonicalJson.Parse).ToArray();

        Assert.That(values, Has.Length.GreaterThan(20));
        for (var i = 1; i < values.Length; i++) Assert.That(values[i - 1].CompareTo(values[i]), Is.Negative, $"{values[i - 1]} < {values[i]}");
    }

    [Test]
    public void Every_error_code_has_a_row_with_its_status()
    {
        var codes = typeof(ErrorCodes).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (string)field.GetRawConstantValue()!)
            .Select(code => $"{code} {ErrorCodes.StatusOf(code)}");

        Assert.That(CodeRow().Matches(Section("8. Error codes")).Select(m => $"{m.Groups[1]} {m.Groups[2]}"), Is.EquivalentTo(codes));
    }

    [Test]
    public void Every_close_code_that_is_sent_has_a_row()
    {
        var codes = typeof(TransportClose).GetFields(BindingFlags.Public | BindingFlags.Static).Where(f => f.IsLiteral && f.Name != nameof(TransportClose.Lost)).Select(f => f.GetRawConstantValue()!.ToString());

        Assert.That(CloseRow().Matches(Section("9. Close codes")).Select(m => m.Groups[1].Value), Is.EquivalentTo(codes));
    }

    private static IEnumerable<TestCaseData> Examples() => Block().Matches(Page)
        .Where(m => m.Groups["kind"].Value.StartsWith("json ", StringComparison.Ordinal))
        .Select((m, i) => new TestCaseData(m.Groups["kind"].Value[5..], m.Groups["text"].Value).SetArgDisplayNames($"{i} {m.Groups["kind"].Value[5..]}"));

    private static IEnumerable<string?> TypesOf(string kind) =>
        Examples().Where(e => (string)e.Arguments[0]! == kind).Select(e => TypeOf(Encoding.UTF8.GetBytes((string)e.Arguments[1]!))).Distinct();

    private static string? TypeOf(byte[] frame) => CanonicalJson.Parse(frame)["type"].AsString();

    private static string Section(string title)
    {
        var start = Page.IndexOf($"\n## {title}", StringComparison.Ordinal);
        var end = Page.IndexOf("\n## ", start + 4, StringComparison.Ordinal);
        return end < 0 ? Page[start..] : Page[start..end];
    }

    [GeneratedRegex(@"^- \*\*(?<number>[A-Z]\d+)\*\* (?<text>(?:(?!^(?:- |\s*$)).)*?)(?:Tests?: (?<tests>(?:(?!^(?:- |\s*$)).)*))?(?=^(?:- |\s*$)|\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Rule();

    [GeneratedRegex(@"`(\w+)`")]
    private static partial Regex Name();

    [GeneratedRegex(@"\b(?:void|Task|ValueTask) (\w+)\(")]
    private static partial Regex Method();

    [GeneratedRegex(@"^```(?<kind>[^\n`]*)\n(?<text>.*?)^```\s*?$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"^\| `([^`]+)` \| `([^`]+)` \|$", RegexOptions.Multiline)]
    private static partial Regex Vector();

    [GeneratedRegex(@"^\| `(\w+)` \| (\d+) \|", RegexOptions.Multiline)]
    private static partial Regex CodeRow();

    [GeneratedRegex(@"^\| (\d{4}) \|", RegexOptions.Multiline)]
    private static partial Regex CloseRow();
}
