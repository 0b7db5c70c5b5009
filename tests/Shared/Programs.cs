namespace Sync.Tests;

/// <summary>
/// Programs that a test needs and a machine may lack. Where one is missing the test is ignored,
/// or fails when SYNC_REQUIRE_PROGRAMS is 1, as the Test target sets it. The Test target installs what is listed here.
/// </summary>
internal static class Programs
{
    public static string Chromium => Find("Chromium", "CHROMIUM_PATH", "chromium", "chromium-browser", "google-chrome");

    public static string CCompiler => Find("a C compiler", "CC_PATH", "clang", "gcc");

    /// <summary>The folder of <c>initdb</c> and <c>postgres</c>, which Debian keeps off the path.</summary>
    public static string PostgresFolder
    {
        get
        {
            if (Environment.GetEnvironmentVariable("POSTGRES_PATH") is { Length: > 0 } path) return path;
            const string Debian = "/usr/lib/postgresql";
            var folders = Directory.Exists(Debian) ? Directory.GetDirectories(Debian).Select(version => Path.Combine(version, "bin")).OrderDescending(StringComparer.Ordinal) : Enumerable.Empty<string>();
            if (folders.FirstOrDefault(folder => File.Exists(Path.Combine(folder, "initdb"))) is { } found) return found;
            return Path.GetDirectoryName(Find("PostgreSQL", "POSTGRES_PATH", "initdb"))!;
        }
    }

    /// <summary>For explicit tests alone, which the target Kill runs and installs it for.</summary>
    public static string Strace => Find("strace", "STRACE_PATH", "strace");

    private static string Find(string program, string variable, params string[] commands)
    {
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } path) return path;
        if (commands.Select(OnPath).FirstOrDefault(found => found is not null) is { } onPath) return onPath;

        var message = $"Missing program: {program}. Install one of {string.Join(", ", commands)}, or name it in {variable}.";
        if (Environment.GetEnvironmentVariable("SYNC_REQUIRE_PROGRAMS") == "1") Assert.Fail(message);
        Assert.Ignore(message);
        throw new InvalidOperationException(message);
    }

    private static string? OnPath(string command)
    {
        var file = OperatingSystem.IsWindows() ? command + ".exe" : command;
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Select(folder => Path.Combine(folder, file))
            .FirstOrDefault(File.Exists);
    }
}
