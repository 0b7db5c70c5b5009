using Sync.Tests;

namespace Sync.Docs.Tests;

/// <summary>A fenced block of C# or Razor on a page.</summary>
public sealed record CodeBlock(string Place, IReadOnlyList<string> Lines)
{
    private const string Fence = "```";

    public static IEnumerable<CodeBlock> In(string page)
    {
        var lines = File.ReadAllLines(Path.Combine(Repository.Root, page));
        for (var i = 0; i < lines.Length; i++)
        {
            if (!lines[i].StartsWith(Fence, StringComparison.Ordinal)) continue;
            var first = i + 1;
            var end = Array.FindIndex(lines, first, line => line.StartsWith(Fence, StringComparison.Ordinal));
            if (end < 0) throw new InvalidOperationException($"{page}, line {first}: the block is not closed.");
            if (lines[i][Fence.Length..] is "csharp" or "razor") yield return new CodeBlock($"{page}, line {first}", lines[first..end]);
            i = end;
        }
    }

    public override string ToString() => Place;
}
