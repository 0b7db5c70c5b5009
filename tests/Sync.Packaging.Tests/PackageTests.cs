using Sync.Tests;

namespace Sync.Packaging.Tests;

[Category("Packaging")]
public sealed class PackageTests
{
    [Test]
    public void Every_package_of_the_sources_is_packed() =>
        Assert.That(Packed.All.Select(package => package.Id), Is.EquivalentTo(Directory.GetDirectories(Path.Combine(Repository.Root, "src")).Select(Path.GetFileName)));

    [Test]
    public void A_package_holds_its_assembly_documentation_readme_and_symbols() => Assert.Multiple(() =>
    {
        foreach (var package in Packed.All)
        {
            Assert.That(package.Files, Is.SupersetOf((string[])[$"lib/net10.0/{package.Id}.dll", $"lib/net10.0/{package.Id}.xml", "README.md"]), package.Id);
            Assert.That(package.SymbolFiles, Does.Contain($"lib/net10.0/{package.Id}.pdb"), package.Id);
        }
    });

    [Test]
    public void A_package_holds_no_other_assembly() => Assert.Multiple(() =>
    {
        foreach (var package in Packed.All) Assert.That(package.Files.Count(file => file.EndsWith(".dll", StringComparison.Ordinal)), Is.EqualTo(1), package.Id);
    });

    [Test]
    public void A_package_names_its_license_readme_and_purpose() => Assert.Multiple(() =>
    {
        foreach (var package in Packed.All)
        {
            Assert.That(package.Text("license"), Is.EqualTo("MIT"), package.Id);
            Assert.That(package.Text("readme"), Is.EqualTo("README.md"), package.Id);
            Assert.That(package.Text("description"), Is.Not.Null.And.Not.EqualTo("Package Description"), package.Id);
        }
    });

    [TestCase("Sync.Core", "System.IO.Hashing")]
    [TestCase("Sync.Transport.WebSockets", "Sync.Core")]
    [TestCase("Sync.Client", "Sync.Core", "Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.Options")]
    [TestCase("Sync.Client.Sqlite", "Sync.Client", "Microsoft.Data.Sqlite")]
    [TestCase("Sync.Client.IndexedDb", "Sync.Client")]
    [TestCase("Sync.Client.Blazor", "Sync.Client", "Microsoft.AspNetCore.Components.Web")]
    [TestCase(
        "Sync.Server", "Sync.Core", "Microsoft.Extensions.DependencyInjection.Abstractions", "Microsoft.Extensions.Hosting.Abstractions",
        "Microsoft.Extensions.Logging.Abstractions", "Microsoft.Extensions.Options")]
    [TestCase("Sync.Server.Sqlite", "Sync.Server", "Microsoft.Data.Sqlite")]
    [TestCase("Sync.Server.Postgres", "Sync.Server", "Dapper", "Npgsql")]
    [TestCase("Sync.AspNetCore", "Sync.Server", "Sync.Transport.WebSockets")]
    [TestCase("Sync.Testing", "Sync.Client", "Sync.Server")]
    public void A_package_depends_on_what_it_references_and_no_more(string id, params string[] dependencies) =>
        Assert.That(Packed.All.Single(package => package.Id == id).Dependencies.Keys, Is.EquivalentTo(dependencies));

    [Test]
    public void The_browsers_storage_brings_its_script() =>
        Assert.That(Packed.All.Single(package => package.Id == "Sync.Client.IndexedDb").Files, Does.Contain("staticwebassets/storage.js"));

    [Test]
    public void The_packages_depend_on_each_other_at_one_version() =>
        Assert.That(
            Packed.All.SelectMany(package => package.Dependencies).Where(dependency => dependency.Key.StartsWith("Sync.", StringComparison.Ordinal)).Select(dependency => dependency.Value),
            Is.Not.Empty.And.All.EqualTo(PackageFeed.Version));
}
