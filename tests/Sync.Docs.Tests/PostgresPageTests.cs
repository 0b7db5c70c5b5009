using Sync.Tests;

namespace Sync.Docs.Tests;

public sealed class PostgresPageTests
{
    [Test]
    public void Every_rule_of_the_page_names_tests_that_exist() =>
        Assert.That(RulePage.Faults(File.ReadAllText(Path.Combine(Repository.Root, "docs/postgres.md"))), Is.Empty);
}
