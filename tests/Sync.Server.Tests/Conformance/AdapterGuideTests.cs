using System.Text.RegularExpressions;
using Sync.Tests;

namespace Sync.Server.Tests;

[TestFixture]
public sealed partial class AdapterGuideTests
{
    [Test]
    public void The_code_of_the_guide_is_code_of_the_conformance_tests()
    {
        string[] folders = ["tests/Sync.Server.Tests/Conformance", "tests/Sync.Client.Tests/Storage"];
        var here = folders.SelectMany(folder => Directory.GetFiles(Path.Combine(Repository.Root, folder), "*.cs")).Select(File.ReadAllText).ToList();
        var blocks = Blocks().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs/adapters.md"))).Select(m => m.Groups[1].Value).ToList();
        Assert.That(blocks, Has.Count.EqualTo(4));
        foreach (var block in blocks) Assert.That(here.Any(file => file.Contains(block, StringComparison.Ordinal)), block);
    }

    [GeneratedRegex("```csharp\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Blocks();
}
