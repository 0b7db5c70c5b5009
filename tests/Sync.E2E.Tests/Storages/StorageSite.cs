using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;
using Sync.Tests;

namespace Sync.E2E.Tests;

/// <summary>The app under <c>tests/Hosts/Sync.StorageHost</c>, published and so trimmed as apps of users are, served as files on a free port of 127.0.0.1.</summary>
internal sealed class StorageSite : IAsyncDisposable
{
    private readonly string _folder;
    private readonly WebApplication _server;

    private StorageSite(string folder, WebApplication server, Uri address) => (_folder, _server, Address) = (folder, server, address);

    public Uri Address { get; }

    public static async Task<StorageSite> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("sync-storage-host-").FullName;
        await PublishAsync(folder);

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var server = builder.Build();
        var files = new PhysicalFileProvider(Path.Combine(folder, "wwwroot"));
        server.UseDefaultFiles(new DefaultFilesOptions { FileProvider = files });
        server.UseStaticFiles(new StaticFileOptions { FileProvider = files, ServeUnknownFileTypes = true });
        await server.StartAsync();
        return new StorageSite(folder, server, new Uri(server.Urls.Single()));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static async Task PublishAsync(string folder)
    {
        // Built with the tests, so in the same configuration.
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        string[] arguments = ["publish", Path.Combine(Repository.Root, "tests", "Hosts", "Sync.StorageHost"), "--no-restore", "-c", configuration, "-o", folder, "-nologo", "-v", "q"];
        using var publish = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true })!;
        var output = await publish.StandardOutput.ReadToEndAsync();
        await publish.WaitForExitAsync();
        Assert.That(publish.ExitCode, Is.Zero, output);
    }
}
