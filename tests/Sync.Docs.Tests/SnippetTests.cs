using Sync.Tests;

namespace Sync.Docs.Tests;

/// <summary>Code on a page is code that is compiled: each block stands, line for line, in a file under <c>Snippets</c>, <c>samples</c> or, for EF Core, the tests of PostgreSQL.</summary>
public sealed class SnippetTests
{
    private static readonly CompiledCode Compiled = CompiledCode.Read("tests/Sync.Docs.Tests/Snippets", "samples/Quickstart", "tests/Sync.Server.Postgres.Tests/EfCore");

    private static IEnumerable<TestCaseData> Blocks() =>
        from page in (string[])["README.md", "docs/getting-started.md", "docs/permissions.md", "docs/undo.md", "docs/reliability.md", "docs/scaling.md", "docs/existing-app.md", .. PackageReadmes()]
        from block in CodeBlock.In(page)
        select new TestCaseData(block).SetArgDisplayNames(block.Place);

    [TestCaseSource(nameof(Blocks))]
    public void A_block_of_code_on_a_page_is_compiled(CodeBlock block) =>
        Assert.That(Compiled.Holds(block), Is.True, $"{block.Place}: no file holds these lines:\n{string.Join("\n", block.Lines)}");

    [Test]
    public void The_pages_have_blocks_of_code() => Assert.That(Blocks().Count(), Is.GreaterThan(10));

    [Test]
    public void A_block_that_differs_in_a_word_is_not_taken_for_compiled()
    {
        var block = CodeBlock.In("docs/getting-started.md").First();
        Assert.That(Compiled.Holds(block with { Lines = [.. block.Lines.Select(line => line.Replace("sealed", "shielded"))] }), Is.False);
    }

    private static IEnumerable<string> PackageReadmes() =>
        Directory.GetFiles(Path.Combine(Repository.Root, "src"), "README.md", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(Repository.Root, file)).Order();
}
