using System.Text.Json;
using Sync.Tests;

namespace Sync.Packaging.Tests;

/// <summary>A project outside the repository that takes Sync from the packages.</summary>
internal sealed class Consumer
{
    private readonly string _name;
    private readonly string _folder;

    /// <param name="name">Its folder under <c>Consumers</c>.</param>
    /// <param name="sources">More files for it.</param>
    public Consumer(string name, params string[] sources)
    {
        _name = name;
        _folder = Directory.CreateDirectory(Path.Combine(PackageFeed.Folder, name)).FullName;
        var own = Directory.GetFiles(Path.Combine(Repository.Root, "tests", "Sync.Packaging.Tests", "Consumers", name));
        foreach (var file in own.Concat(sources)) File.Copy(file, Path.Combine(_folder, Path.GetFileName(file)));
    }

    /// <summary>Where NuGet unpacked what the consumers restored.</summary>
    public static HashSet<string> PackageFolders { get; } = [];

    /// <summary>Builds it without a warning. Returns the folder with what came of it.</summary>
    public Task<string> BuildAsync() => MakeAsync("build");

    /// <inheritdoc cref="BuildAsync"/>
    public Task<string> PublishAsync(params string[] properties) => MakeAsync("publish", properties);

    /// <summary>Runs what was built or published, and returns the lines it wrote.</summary>
    public async Task<string[]> RunAsync(string output, params string[] arguments)
    {
        var program = Path.Combine(output, OperatingSystem.IsWindows() ? _name + ".exe" : _name);
        var written = await ChildProcess.RunAsync(_folder, program, arguments);
        return written.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
    }

    private async Task<string> MakeAsync(string verb, params string[] properties)
    {
        var output = Path.Combine(_folder, "out");
        try
        {
            await ChildProcess.DotNetAsync(_folder, [verb, "-c", "Release", "-o", output, "-nologo", "-v:q", $"-p:SyncVersion={PackageFeed.Version}", .. properties]);
        }
        finally
        {
            NotePackageFolder();
        }
        return output;
    }

    private void NotePackageFolder()
    {
        var assets = Path.Combine(_folder, "obj", "project.assets.json");
        if (!File.Exists(assets)) return;
        using var json = JsonDocument.Parse(File.ReadAllBytes(assets));
        foreach (var folder in json.RootElement.GetProperty("packageFolders").EnumerateObject()) PackageFolders.Add(folder.Name);
    }
}
