using Sync.Tests;

namespace Sync.Docs.Tests;

public sealed class UndoPageTests
{
    [Test]
    public void Every_rule_of_the_page_on_undo_names_tests_that_exist() =>
        Assert.That(RulePage.Faults(File.ReadAllText(Path.Combine(Repository.Root, "docs/undo.md"))), Is.Empty);
}
