using System.Diagnostics;
using Sync.Tests;

namespace Sync.E2E.Tests;

/// <summary>The sample as its user starts it: a process of its own on a free port of 127.0.0.1, its data in a folder of its own.</summary>
internal sealed class TaskAppProcess : IAsyncDisposable
{
    private const string ListeningMark = "Now listening on: ";
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(60);

    private readonly string _data;
    private readonly string _environment;
    private readonly string _program;
    private readonly List<string> _output = [];
    private Process? _process;

    private readonly string[] _arguments;

    private TaskAppProcess(string data, string environment, string program, string[] arguments) => (_data, _environment, _program, _arguments) = (data, environment, program, arguments);

    public Uri Address { get; private set; } = null!;

    /// <summary>The folder of its database.</summary>
    public string Data => _data;

    /// <summary>What it wrote so far.</summary>
    public string Output
    {
        get
        {
            lock (_output) return string.Join('\n', _output);
        }
    }

    /// <param name="environment">Outside Development nobody is signed in.</param>
    /// <param name="published">The folder of a published app; else it is run as it was built.</param>
    public static async Task<TaskAppProcess> StartAsync(string environment = "Development", string? published = null)
    {
        var program = published is null ? Path.Combine(Folder, "bin", Configuration, "net10.0", "TaskApp.dll") : Path.Combine(published, "TaskApp.dll");
        var app = new TaskAppProcess(Directory.CreateTempSubdirectory("taskapp-").FullName, environment, program, []);
        await app.RunAsync("http://127.0.0.1:0");
        return app;
    }

    /// <summary>Starts it at an address, with arguments of its own.</summary>
    public static async Task<TaskAppProcess> StartAsync(Uri address, params string[] arguments)
    {
        var app = new TaskAppProcess(Directory.CreateTempSubdirectory("taskapp-").FullName, "Development", Path.Combine(Folder, "bin", Configuration, "net10.0", "TaskApp.dll"), arguments);
        await app.RunAsync(address.ToString());
        return app;
    }

    /// <summary>Ends it as a crash does.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process) return;
        _process = null;
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>Starts it again on the same address, over the same data.</summary>
    public Task StartAgainAsync() => RunAsync(Address.ToString());

    private async Task RunAsync(string urls)
    {
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [_program, "--urls", urls, "--data", _data, "--environment", _environment, .. _arguments])
            {
                WorkingDirectory = Path.GetDirectoryName(_program)!.StartsWith(Folder, StringComparison.Ordinal) ? Folder : Path.GetDirectoryName(_program),
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;

        using var ended = new CancellationTokenSource();
        var exit = process.WaitForExitAsync(ended.Token);
        if (await Task.WhenAny(listening.Task, exit).WaitAsync(StartTimeout) == exit) Assert.Fail($"The sample ended before it listened.\n{Output}");
        await ended.CancelAsync();
        Address = await listening.Task;

        void Read(string? line)
        {
            if (line is null) return;
            lock (_output) _output.Add(line);
            if (line.IndexOf(ListeningMark, StringComparison.Ordinal) is >= 0 and var at) listening.TrySetResult(new Uri(line[(at + ListeningMark.Length)..]));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        Directory.Delete(_data, recursive: true);
    }

    private static string Folder => Path.Combine(Repository.Root, "samples", "TaskApp");

    /// <summary>Built with the tests, so in the same configuration.</summary>
    private static string Configuration => new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
}
