using Sync.Tests;

namespace Sync.Docs.Tests;

public sealed class ClientStateTests
{
    [Test]
    public void Every_rule_of_the_page_names_tests_that_exist() =>
        Assert.That(RulePage.Faults(File.ReadAllText(Path.Combine(Repository.Root, "docs/client-state.md"))), Is.Empty);

    [TestCase("- **A1** A rule without a test.\n")]
    [TestCase("- **A1** A rule. Test: `No_such_test_anywhere`\n")]
    [TestCase("- **A1** One. Test: `Every_rule_of_the_page_names_tests_that_exist`\n- **A1** Two. Test: `Every_rule_of_the_page_names_tests_that_exist`\n")]
    [TestCase("- **rule** Not a rule.\n")]
    public void A_page_with_a_fault_is_found_out(string page) => Assert.That(RulePage.Faults(page), Is.Not.Empty);
}
