using Sync.Tests;

namespace Sync.Packaging.Tests;

[Category("Packaging")]
public sealed class ConsumerTests
{
    [Test]
    public async Task The_quickstart_builds_from_packages_and_runs()
    {
        var quickstart = new Consumer("Quickstart", Path.Combine(Repository.Root, "samples", "Quickstart", "Program.cs"));

        var lines = await quickstart.RunAsync(await quickstart.BuildAsync());

        Assert.That(lines, Is.EqualTo((string[])
        [
            "Bob sees \"Write the report\", Todo.",
            "Bob has it Done already; the server accepted: True.",
            "Bob may not rename the workspace: 403 only_the_owner.",
        ]));
    }

    [Test]
    public async Task All_packages_fit_into_one_app()
    {
        var everyPackage = new Consumer("EveryPackage");

        var output = await everyPackage.BuildAsync();
        var lines = await everyPackage.RunAsync(output);

        Assert.That(await File.ReadAllTextAsync(Path.Combine(output, "EveryPackage.staticwebassets.endpoints.json")), Does.Contain("_content/Sync.Client.IndexedDb/storage.js"));
        Assert.That(lines.Select(line => line.Split(" of ")[1]), Is.EquivalentTo(Packed.All.Select(package => package.Id)));
    }
}
