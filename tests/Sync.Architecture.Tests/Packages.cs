using System.Reflection;
using System.Xml.Linq;
using Sync.Tests;

namespace Sync.Architecture.Tests;

internal static class Packages
{
    public static IReadOnlyList<string> Names { get; } =
        [.. Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(folder => Path.GetFileName(folder)).Order()];

    public static Assembly Load(string package) => Assembly.Load(package);

    public static XDocument Project(string package) => XDocument.Load(Path.Combine(Repository.Root, "src", package, package + ".csproj"));
}
