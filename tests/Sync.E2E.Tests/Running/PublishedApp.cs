using System.Diagnostics;
using Sync.Tests;

namespace Sync.E2E.Tests;

/// <summary>The sample as it is given to users: published and trimmed, with its service worker. Published once for all tests that ask.</summary>
[SetUpFixture]
public sealed class PublishedApp
{
    private static readonly Lazy<Task<string>> Published = new(PublishAsync);

    /// <summary>The folder that holds it.</summary>
    public static Task<string> FolderAsync() => Published.Value;

    [OneTimeTearDown]
    public async Task Remove()
    {
        if (Published.IsValueCreated) Directory.Delete(await Published.Value, recursive: true);
    }

    private static async Task<string> PublishAsync()
    {
        var folder = Directory.CreateTempSubdirectory("taskapp-published-").FullName;
        // Built with the tests, so in the same configuration.
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        string[] arguments = ["publish", Path.Combine(Repository.Root, "samples", "TaskApp"), "--no-restore", "-c", configuration, "-o", folder, "-nologo", "-v", "q"];
        using var publish = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        var output = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        Assert.That(publish.ExitCode, Is.Zero, output);
        return folder;
    }
}
