using System.Globalization;

namespace Sync.Benchmarks;

/// <summary>Collects rows and prints them as the Markdown table of <c>docs/benchmarks.md</c>.</summary>
internal sealed class Report(TextWriter to)
{
    public void Heading(string title)
    {
        to.WriteLine();
        to.WriteLine($"### {title}");
        to.WriteLine();
    }

    public void Header(params string[] columns)
    {
        to.WriteLine($"| {string.Join(" | ", columns)} |");
        to.WriteLine($"|{string.Concat(Enumerable.Repeat(" --- |", columns.Length))}");
    }

    public void Row(params string[] cells)
    {
        to.WriteLine($"| {string.Join(" | ", cells)} |");
        to.Flush();
    }

    public void Line(string text) => to.WriteLine(text);

    public static string Rate(double perSecond) => perSecond switch
    {
        >= 1e6 => string.Create(CultureInfo.InvariantCulture, $"{perSecond / 1e6:0.0}M/s"),
        >= 1e3 => string.Create(CultureInfo.InvariantCulture, $"{perSecond / 1e3:0.0}k/s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{perSecond:0}/s"),
    };

    public static string Times(double ratio) => string.Create(CultureInfo.InvariantCulture, $"{ratio:0.00}x");
    public static string Number(double value, string unit) => string.Create(CultureInfo.InvariantCulture, $"{value:0.##} {unit}");
}
