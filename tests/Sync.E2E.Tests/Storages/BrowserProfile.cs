using System.Diagnostics;
using System.Globalization;

namespace Sync.E2E.Tests;

/// <summary>A browser's data on disk, in a folder that no other browser uses: by it the processes of this one are known.</summary>
internal sealed class BrowserProfile : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("sync-profile-");

    public string Folder => _folder.FullName;

    /// <summary>Ends the browser as a crash of the machine's memory does: no page hears of it.</summary>
    public async Task KillAsync()
    {
        var browsers = Directory.GetDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, out _) && IsOurs(name!)).ToList();
        Assert.That(browsers, Is.Not.Empty, "a browser on this profile");
        foreach (var id in browsers)
        {
            try
            {
                using var browser = Process.GetProcessById(int.Parse(id!, CultureInfo.InvariantCulture));
                browser.Kill();
                await browser.WaitForExitAsync();
            }
            catch (ArgumentException)
            {
                // It went with the one before.
            }
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private bool IsOurs(string process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/cmdline").Split('\0').Contains($"--user-data-dir={Folder}");
        }
        catch (IOException)
        {
            return false;
        }
    }
}
