using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using MyApp.Client;
using MyApp.Server;
using Sync.Server;

namespace Sync.Docs.Tests;

[NonParallelizable]
public sealed class GettingStartedTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sync-docs-").FullName;

    [OneTimeTearDown]
    public void Delete() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task The_server_and_the_console_client_of_the_page_work_together()
    {
        await using var app = Site.Build(["--Database", Path.Combine(_folder, "tasks.db")], builder =>
        {
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0");
            builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
        });
        await app.StartAsync();

        var written = await WrittenAsync(async () =>
        {
            await Site.AddWorkspaceAsync(app.Services.GetRequiredService<SyncServer>());
            await ConsoleApp.RunAsync([app.Urls.Single() + "/", "bob", "open sesame"]).WaitAsync(TimeSpan.FromSeconds(60));
        });

        Assert.That(written, Is.EqualTo((string[])
        [
            "Bob is in 1 workspaces.",
            "On screen: Done. Decided: True.",
            "Not renamed: only_the_owner.",
            "1 done.",
        ]));
    }

    private static async Task<string[]> WrittenAsync(Func<Task> act)
    {
        var (before, writer) = (Console.Out, new StringWriter());
        Console.SetOut(writer);
        try
        {
            await act();
        }
        finally
        {
            Console.SetOut(before);
        }
        return writer.ToString().Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }
}
