namespace Sync.Tests;

internal static class Repository
{
    public static string Root { get; } = FindRoot();

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Sync.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException($"No Sync.sln in {AppContext.BaseDirectory} or above it.");
    }
}
