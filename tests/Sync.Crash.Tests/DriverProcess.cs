using System.Diagnostics;
using System.Text.Json.Nodes;
using Sync.Tests;

namespace Sync.Crash.Tests;

/// <summary>One client in a process of its own (<c>tests/Sync.Driver</c>), to be killed at any moment.</summary>
internal sealed class DriverProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    private DriverProcess(Process process) => (_process, _errors) = (process, process.StandardError.ReadToEndAsync());

    public int Id => _process.Id;

    public static DriverProcess Start(string? program = null, params string[] arguments)
    {
        var start = new ProcessStartInfo(program ?? "dotnet", [.. arguments, .. program is null ? [] : new[] { "dotnet" }, Assembly])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new DriverProcess(Process.Start(start)!);
    }

    /// <summary>The reply; null where the process was gone before it replied.</summary>
    public async Task<JsonObject?> TryDoAsync(JsonObject command, CancellationToken patience)
    {
        try
        {
            await _process.StandardInput.WriteLineAsync(command.ToJsonString().AsMemory(), patience);
            await _process.StandardInput.FlushAsync(patience);
        }
        catch (IOException)
        {
            return null;
        }
        return await _process.StandardOutput.ReadLineAsync(patience) is { } line ? JsonNode.Parse(line)!.AsObject() : null;
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
    }

    /// <summary>What it said about a bug before it ended; empty where it was killed.</summary>
    public async Task<string> LastWordsAsync(CancellationToken patience)
    {
        await _process.WaitForExitAsync(patience);
        return await _errors.WaitAsync(patience);
    }

    public async ValueTask DisposeAsync()
    {
        Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string Assembly => Path.Combine(Repository.Root, "tests", "Sync.Driver", "bin", Configuration, "net10.0", "Sync.Driver.dll");

    /// <summary>Built with the tests, so in the same configuration.</summary>
    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
}
