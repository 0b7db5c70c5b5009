using System.Xml.Linq;

namespace Sync.Architecture.Tests;

public sealed class ReferenceArrowsTests
{
    private const string DependencyInjection = "Microsoft.Extensions.DependencyInjection.Abstractions";
    private const string Hosting = "Microsoft.Extensions.Hosting.Abstractions";
    private const string Logging = "Microsoft.Extensions.Logging.Abstractions";
    private const string Options = "Microsoft.Extensions.Options";

    private static readonly Dictionary<string, string[]> MayReference = new()
    {
        ["Sync.Core"] = ["System.IO.Hashing"],
        ["Sync.Server"] = ["Sync.Core", DependencyInjection, Hosting, Logging, Options],
        ["Sync.Client"] = ["Sync.Core", DependencyInjection, Logging, Options],
        ["Sync.Transport.WebSockets"] = ["Sync.Core"],
        ["Sync.AspNetCore"] = ["Sync.Server", "Sync.Transport.WebSockets", "Microsoft.AspNetCore.App"],
        ["Sync.Server.Sqlite"] = ["Sync.Server", "Microsoft.Data.Sqlite"],
        ["Sync.Server.Postgres"] = ["Sync.Server", "Npgsql", "Dapper"],
        ["Sync.Client.Sqlite"] = ["Sync.Client", "Microsoft.Data.Sqlite"],
        ["Sync.Client.IndexedDb"] = ["Sync.Client"],
        ["Sync.Client.Blazor"] = ["Sync.Client", "Microsoft.AspNetCore.Components.Web"],
        ["Sync.Testing"] = ["Sync.Client", "Sync.Server"],
    };

    [TestCaseSource(typeof(Packages), nameof(Packages.Names))]
    public void A_package_references_only_what_its_row_allows(string package)
    {
        Assert.That(MayReference, Contains.Key(package), "Give the package a row here, and its reason in docs/decisions.");
        Assert.That(References(package), Is.SubsetOf(MayReference[package]));
    }

    [TestCaseSource(typeof(Packages), nameof(Packages.Names))]
    public void An_assembly_uses_no_package_of_ours_that_is_out_of_its_reach(string package)
    {
        var used = Packages.Load(package).GetReferencedAssemblies().Select(name => name.Name!).Where(Packages.Names.Contains);

        Assert.That(used, Is.SubsetOf(Reach(package)));
    }

    private static IEnumerable<string> References(string package) =>
        from item in Packages.Project(package).Descendants()
        let include = item.Attribute("Include")?.Value
        where item.Attribute("PrivateAssets")?.Value != "all"
        where item.Name.LocalName is "ProjectReference" or "PackageReference" or "FrameworkReference"
        select item.Name.LocalName == "ProjectReference" ? Path.GetFileNameWithoutExtension(include)! : include;

    private static IEnumerable<string> Reach(string package) =>
        MayReference[package].Where(MayReference.ContainsKey).SelectMany(next => Reach(next).Prepend(next)).Distinct();
}
