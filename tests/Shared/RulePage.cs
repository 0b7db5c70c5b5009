using System.Text.RegularExpressions;

namespace Sync.Tests;

/// <summary>A page of numbered rules, <c>- **A1** … Test: `Name_of_a_test`</c>, held to the tests that there are.</summary>
internal static partial class RulePage
{
    /// <summary>What is wrong with a page: rules without a test, tests that are not there, numbers given twice. Empty where nothing is.</summary>
    public static IReadOnlyList<string> Faults(string page)
    {
        var rules = Rule().Matches(page);
        var faults = new List<string>();
        if (rules.Count == 0 || rules.Count != page.Split('\n').Count(line => line.StartsWith("- **", StringComparison.Ordinal))) faults.Add("A line begins like a rule and is none.");
        foreach (var twice in rules.GroupBy(rule => rule.Groups["number"].Value).Where(group => group.Count() > 1)) faults.Add($"{twice.Key} stands twice.");
        var written = TestNames();
        foreach (Match rule in rules)
        {
            string[] named = rule.Groups["tests"].Success ? [.. Name().Matches(rule.Groups["tests"].Value).Select(m => m.Groups[1].Value)] : [];
            if (named.Length == 0) faults.Add($"{rule.Groups["number"]} names no test.");
            faults.AddRange(named.Where(test => !written.Contains(test)).Select(test => $"{rule.Groups["number"]} names {test}, which is not there."));
        }
        return faults;
    }

    private static HashSet<string> TestNames() => Directory.EnumerateFiles(Path.Combine(Repository.Root, "tests"), "*.cs", SearchOption.AllDirectories)
        .Concat(Directory.EnumerateFiles(Path.Combine(Repository.Root, "src/Sync.Testing"), "*.cs", SearchOption.AllDirectories))
        .Where(file => !file.Split(Path.DirectorySeparatorChar).Contains("obj"))
        .SelectMany(file => Written().Matches(File.ReadAllText(file)).Select(m => m.Groups[1].Success ? m.Groups[1].Value : m.Groups[2].Value)).ToHashSet();

    [GeneratedRegex(@"^- \*\*(?<number>[A-Z]\d+)\*\* (?<text>(?:(?!^(?:- |\s*$)).)*?)(?:Tests?: (?<tests>(?:(?!^(?:- |\s*$)).)*))?(?=^(?:- |\s*$)|\z)", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Rule();

    [GeneratedRegex(@"`(\w+)`")]
    private static partial Regex Name();

    // A method, or a case of a conformance suite, which is named by a string.
    [GeneratedRegex(@"\b(?:void|Task|ValueTask) (\w+)\(|new\(""(\w+)"",")]
    private static partial Regex Written();
}
