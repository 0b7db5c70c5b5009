using Sync.Tests;

namespace Sync.Packaging.Tests;

[Category("Packaging")]
public sealed class NativeClientTests
{
    [Test]
    public async Task A_native_client_signs_in_writes_watches_is_refused_over_a_socket_and_goes_on_offline_from_disk()
    {
        string[] linker = OperatingSystem.IsLinux() ? [$"-p:CppCompilerAndLinker={Programs.CCompiler}"] : [];
        var client = new Consumer("NativeClient");

        var output = await client.PublishAsync(linker);
        var folder = Path.Combine(PackageFeed.Folder, "native-client-data");
        string address;
        string[] lines;
        await using (var site = await NativeClientSite.StartAsync())
        {
            address = site.Address;
            lines = await client.RunAsync(output, address, folder);
        }
        var offline = await client.RunAsync(output, address, folder, "offline");

        Assert.Multiple(() =>
        {
            Assert.That(Directory.GetFiles(output, "*.dll"), Is.Empty, "Managed code came along.");
            Assert.That(lines, Is.EqualTo((string[])
            [
                "bob signed in, 0 tasks",
                "created, accepted: True",
                "updated, accepted: True",
                "live: Write the report, Done, 2026-03-01, draft sent",
                "advised: Allowed, only_the_owner",
                "renamed, accepted: False, 403 only_the_owner",
            ]));
            Assert.That(offline, Is.EqualTo((string[])["from disk: Write the report, Done, Stale", "saved, 1 pending"]));
        });
    }
}
