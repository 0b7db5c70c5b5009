namespace Sync.Architecture.Tests;

public sealed class NamespacesTests
{
    [TestCaseSource(typeof(Packages), nameof(Packages.Names))]
    public void A_package_has_one_namespace(string package)
    {
        var own = package == "Sync.Core" ? "Sync" : package;
        var elsewhere = Packages.Load(package).GetExportedTypes().Where(type => type.Namespace != own);

        Assert.That(elsewhere, Is.Empty);
    }
}
