using Sync.Tests;

namespace Sync.Docs.Tests;

/// <summary>The lines of files that are compiled.</summary>
internal sealed class CompiledCode
{
    private readonly IReadOnlyList<string[]> _files;

    private CompiledCode(IReadOnlyList<string[]> files) => _files = files;

    public static CompiledCode Read(params string[] folders) => new([.. folders
        .Select(folder => Path.Combine(Repository.Root, folder))
        .SelectMany(folder => Directory.GetFiles(folder, "*.*", SearchOption.AllDirectories))
        .Where(file => Path.GetExtension(file) is ".cs" or ".razor" && !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
        .Select(File.ReadAllLines)]);

    /// <summary>Whether one file has these lines in a row, at any indentation. Using lines at the block's head may stand elsewhere among the file's own.</summary>
    public bool Holds(CodeBlock block)
    {
        var usings = block.Lines.TakeWhile(IsUsing).ToList();
        var body = block.Lines.Skip(usings.Count).SkipWhile(string.IsNullOrWhiteSpace).ToList();
        return _files.Any(file => usings.TrueForAll(file.Contains) && HasInARow(file, body));
    }

    private static bool IsUsing(string line) => line.StartsWith("using ", StringComparison.Ordinal) && line.EndsWith(';') && !line.Contains('=');

    private static bool HasInARow(string[] file, List<string> body) =>
        Enumerable.Range(0, Math.Max(0, file.Length - body.Count + 1)).Any(start => IsAt(file, start, body));

    private static bool IsAt(string[] file, int start, List<string> body)
    {
        var indentation = file[start].Length - file[start].TrimStart().Length;
        for (var i = 0; i < body.Count; i++)
        {
            var line = file[start + i];
            var shown = line.Length >= indentation && string.IsNullOrWhiteSpace(line[..indentation]) ? line[indentation..] : line;
            if (shown != body[i]) return false;
        }
        return true;
    }
}
