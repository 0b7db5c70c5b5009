using System.Text.RegularExpressions;
using Sync.Tests;

namespace Sync.Server.Postgres.Tests;

/// <summary>The table of types on the page for table designers.</summary>
public sealed partial class TypesPageTests
{
    private static readonly string[] Page = File.ReadAllLines(Path.Combine(Repository.Root, "docs/postgres.md"));

    [Test]
    public void The_page_names_the_types_that_are_tried()
    {
        var rows = Page.SkipWhile(line => !line.StartsWith("| column", StringComparison.Ordinal)).Skip(2).TakeWhile(line => line.StartsWith('|'));
        var named = rows.SelectMany(row => Quoted().Matches(row.Split('|')[1]).Select(m => m.Groups[1].Value));
        var tried = ColumnCase.All.Select(c => c.SqlType).Where(t => !t.EndsWith("[]", StringComparison.Ordinal)).Select(t => Plain().Replace(t, "")).Where(t => !ColumnCase.Types.Contains($" {t} AS ", StringComparison.Ordinal));
        Assert.That(named, Is.EquivalentTo(tried.Distinct()));
    }

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();

    [GeneratedRegex(@"\(.*\)| COLLATE.*")]
    private static partial Regex Plain();
}
