using System.IO.Compression;
using System.Xml.Linq;

namespace Sync.Packaging.Tests;

/// <summary>One packed package, as its file says.</summary>
internal sealed class Packed
{
    private readonly XElement _metadata;

    private Packed(string file)
    {
        using var archive = ZipFile.OpenRead(file);
        Files = [.. archive.Entries.Select(entry => entry.FullName)];
        using var nuspec = archive.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).Open();
        _metadata = XDocument.Load(nuspec).Root!.Elements().Single(element => element.Name.LocalName == "metadata");
        using var symbols = ZipFile.OpenRead(Path.ChangeExtension(file, ".snupkg"));
        SymbolFiles = [.. symbols.Entries.Select(entry => entry.FullName)];
    }

    public static IReadOnlyList<Packed> All => [.. Directory.GetFiles(PackageFeed.Packages, "*.nupkg").Order().Select(file => new Packed(file))];

    public string Id => Text("id")!;
    public IReadOnlyList<string> Files { get; }
    public IReadOnlyList<string> SymbolFiles { get; }

    public IReadOnlyDictionary<string, string> Dependencies => _metadata.Descendants()
        .Where(element => element.Name.LocalName == "dependency")
        .ToDictionary(element => element.Attribute("id")!.Value, element => element.Attribute("version")!.Value);

    /// <summary>An element of the nuspec; null where it is missing or empty.</summary>
    public string? Text(string name) => _metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value is { Length: > 0 } text ? text : null;

    public override string ToString() => Id;
}
