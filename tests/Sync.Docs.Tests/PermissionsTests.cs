using Sync.Tests;

namespace Sync.Docs.Tests;

public sealed class PermissionsTests
{
    [Test]
    public void Every_rule_of_the_page_on_permissions_names_tests_that_exist() =>
        Assert.That(RulePage.Faults(File.ReadAllText(Path.Combine(Repository.Root, "docs/permissions.md"))), Is.Empty);
}
