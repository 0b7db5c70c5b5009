using System.Text.RegularExpressions;
using Sync.Tests;

namespace Sync.AspNetCore.Tests.Leaks;

public sealed partial class LeakListTests
{
    [Test]
    public void The_list_of_leaks_names_tests_that_exist_and_all_of_this_folder()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs/reliability.md"));
        var section = page[page.IndexOf("## Leaks that others had", StringComparison.Ordinal)..page.IndexOf("## Run it", StringComparison.Ordinal)];
        var named = Rows().Matches(section).SelectMany(row => Names().Matches(row.Value).Select(name => name.Groups[1].Value)).ToHashSet();
        var types = GetType().Assembly.GetTypes();
        var there = types.SelectMany(type => type.GetMethods().Select(method => method.Name)).Concat(types.Select(type => type.Name)).ToHashSet();
        var here = types.Where(type => type.IsSubclassOf(typeof(LeakScene)))
            .SelectMany(type => type.GetMethods().Where(method => method.IsDefined(typeof(TestAttribute), false) || method.IsDefined(typeof(TestCaseAttribute), false)).Select(method => method.Name));

        Assert.That(named, Is.SubsetOf(there).And.SupersetOf(here));
    }

    [GeneratedRegex("^\\|.*\\|$", RegexOptions.Multiline)]
    private static partial Regex Rows();

    [GeneratedRegex("`([A-Z]\\w+)`")]
    private static partial Regex Names();
}
