using Sync.Tests;

namespace Sync.Packaging.Tests;

[Category("Packaging")]
public sealed class NativeClientTests
{
    [Test]
    public async Task A_native_client_signs_in_writes_watches_and_is_refused_over_a_socket()
    {
        string[] linker = OperatingSystem.IsLinux() ? [$"-p:CppCompilerAndLinker={Programs.CCompiler}"] : [];
        var client = new Consumer("NativeClient");

        var output = await client.PublishAsync(linker);
        await using var site = await NativeClientSite.StartAsync();
        var lines = await client.RunAsync(output, site.Address);

        Assert.Multiple(() =>
        {
            Assert.That(Directory.GetFiles(output, "*.dll"), Is.Empty, "Managed code came along.");
            Assert.That(lines, Is.EqualTo((string[])
            [
                "bob signed in, 0 tasks",
                "created, accepted: True",
                "updated, accepted: True",
                "live: Write the report, Done, 2026-03-01, draft sent",
                "renamed, accepted: False, 403 only_the_owner",
            ]));
        });
    }
}
