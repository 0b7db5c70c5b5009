using System.Reflection;
using Sync.Tests;

namespace Sync.Packaging.Tests;

/// <summary>Every package, packed once from what is built, in a folder outside the repository.</summary>
[SetUpFixture]
public sealed class PackageFeed
{
    private static readonly string Configuration = typeof(PackageFeed).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()!.Configuration;

    /// <summary>Holds the packages and those who consume them.</summary>
    public static string Folder { get; private set; } = "";

    public static string Packages => Path.Combine(Folder, "packages");

    /// <summary>New in every run: NuGet never looks again at a version that it has unpacked.</summary>
    public static string Version { get; } = $"0.1.0-test.{DateTime.UtcNow.Ticks}";

    [OneTimeSetUp]
    public async Task PackAsync()
    {
        Folder = Directory.CreateTempSubdirectory("sync-packaging-").FullName;
        await File.WriteAllTextAsync(Path.Combine(Folder, "nuget.config"), """
            <configuration>
              <packageSources>
                <add key="packed" value="packages" />
              </packageSources>
              <packageSourceMapping>
                <packageSource key="packed"><package pattern="Sync.*" /></packageSource>
                <packageSource key="nuget.org"><package pattern="*" /></packageSource>
              </packageSourceMapping>
            </configuration>
            """);
        await ChildProcess.DotNetAsync(
            Folder, "msbuild", Path.Combine(Repository.Root, "tests", "Sync.Packaging.Tests", "Feed", "Feed.proj"), "-t:Pack", "-nologo", "-v:q",
            $"-p:Configuration={Configuration}", $"-p:PackageVersion={Version}", $"-p:PackageOutputPath={Packages}");
    }

    [OneTimeTearDown]
    public void Delete()
    {
        foreach (var unpacked in Consumer.PackageFolders.SelectMany(Unpacked))
        {
            unpacked.Delete(recursive: true);
            if (!unpacked.Parent!.EnumerateFileSystemInfos().Any()) unpacked.Parent.Delete();
        }
        Directory.Delete(Folder, recursive: true);
    }

    private static IEnumerable<DirectoryInfo> Unpacked(string packageFolder) =>
        Packed.All.Select(package => new DirectoryInfo(Path.Combine(packageFolder, package.Id.ToLowerInvariant(), Version))).Where(folder => folder.Exists);
}
