using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using TypeAttributes = System.Reflection.TypeAttributes;

namespace Sync.Architecture.Tests;

public sealed class PublicTypeNamesTests
{
    private static readonly HashSet<string> ImplicitUsings =
    [
        "System", "System.Collections.Generic", "System.IO", "System.Linq", "System.Net.Http", "System.Threading", "System.Threading.Tasks",
        "System.Net.Http.Json", "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Hosting", "Microsoft.AspNetCore.Http",
        "Microsoft.AspNetCore.Routing", "Microsoft.Extensions.Configuration", "Microsoft.Extensions.DependencyInjection",
        "Microsoft.Extensions.Hosting", "Microsoft.Extensions.Logging",
    ];

    // MAUI brings its controls by implicit usings too, and needs a workload to be read from.
    private static readonly string[] Maui =
    [
        "Application", "Binding", "Border", "Button", "Cell", "Element", "Grid", "Image", "Label", "Layout", "MenuItem", "Page", "Region",
        "Setter", "Shell", "Span", "Style", "Switch", "Trigger", "View", "Window", "Color", "Point", "Rect", "Size", "Connectivity",
        "NetworkAccess", "Permissions", "Preferences", "Contact", "Location", "Share", "Launcher",
    ];

    private static readonly HashSet<string> Taken = [.. Maui, .. NamesByImplicitUsings()];

    [TestCaseSource(typeof(Packages), nameof(Packages.Names))]
    public void No_public_type_is_named_like_one_that_implicit_usings_bring(string package)
    {
        var clashes = Packages.Load(package).GetExportedTypes().Where(type => !type.IsNested).Select(type => type.Name).Where(Taken.Contains);

        Assert.That(clashes, Is.Empty);
    }

    [Test]
    public void The_names_that_implicit_usings_bring_are_known()
    {
        Assert.That(Taken, Is.SupersetOf(new[] { "Version", "TaskStatus", "View", "HttpContext", "List`1", "ILogger`1" }));
    }

    private static IEnumerable<string> NamesByImplicitUsings()
    {
        var files = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);
        foreach (var file in files.Where(file => !Path.GetFileName(file).StartsWith("Sync.", StringComparison.Ordinal)))
        {
            using var image = new PEReader(File.OpenRead(file));
            if (!image.HasMetadata) continue;
            var metadata = image.GetMetadataReader();
            foreach (var type in metadata.TypeDefinitions.Select(metadata.GetTypeDefinition))
            {
                var isPublic = (type.Attributes & TypeAttributes.VisibilityMask) == TypeAttributes.Public;
                if (isPublic && ImplicitUsings.Contains(metadata.GetString(type.Namespace))) yield return metadata.GetString(type.Name);
            }
        }
    }
}
