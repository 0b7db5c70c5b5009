using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Sync.Node;
using Sync.Tests;

namespace Sync.Crash.Tests;

/// <summary>A server of its own process (<c>tests/Hosts/Sync.Node</c>), always at one address; to be killed, stopped and started again.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private const string ListeningMark = "Now listening on: ";
    private const int KeptLines = 400;
    private const int SigCont = 18;
    private const int SigStop = 19;
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(2);

    private readonly string _postgres;
    private readonly Queue<string> _output = new();
    private Process? _process;

    public NodeProcess(string name, string postgres)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        (Name, _postgres, Address) = (name, postgres, new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/"));
    }

    public string Name { get; }

    public Uri Address { get; }

    public Uri Endpoint => new(Address, NodeModel.Endpoint);

    public bool IsUp => _process is not null;

    /// <summary>The last lines that it wrote.</summary>
    public string Output
    {
        get
        {
            lock (_output) return string.Join('\n', _output);
        }
    }

    /// <summary>As a supervisor does: one that ends before it listens, because the database is not there yet, is started again.</summary>
    public async Task StartAsync()
    {
        using var patience = new CancellationTokenSource(StartPatience);
        try
        {
            while (!await TryStartAsync(patience.Token)) patience.Token.ThrowIfCancellationRequested();
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"{Name} does not start.\n{Output}");
        }
    }

    /// <summary>kill -9.</summary>
    public async Task KillAsync()
    {
        if (_process is not { } process) return;
        _process = null;
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    public void Stop() => Signal(SigStop);

    public void Continue() => Signal(SigCont);

    public async ValueTask DisposeAsync() => await KillAsync();

    private async Task<bool> TryStartAsync(CancellationToken patience)
    {
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var assembly = Path.Combine(Repository.Root, "tests", "Hosts", "Sync.Node", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", "Sync.Node.dll");
        var process = new Process
        {
            StartInfo = new ProcessStartInfo("dotnet", [assembly, "--urls", Address.ToString(), "--postgres", _postgres, "--Logging:LogLevel:Default", "Warning", "--Logging:LogLevel:Microsoft.Hosting.Lifetime", "Information"])
            {
                WorkingDirectory = Path.GetDirectoryName(assembly),
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();

        if (await Task.WhenAny(listening.Task, process.WaitForExitAsync(CancellationToken.None)).WaitAsync(patience) == listening.Task)
        {
            _process = process;
            return true;
        }
        process.Dispose();
        return false;

        void Read(string? line)
        {
            if (line is null) return;
            lock (_output)
            {
                _output.Enqueue(line);
                if (_output.Count > KeptLines) _output.Dequeue();
            }
            if (line.Contains(ListeningMark, StringComparison.Ordinal)) listening.TrySetResult();
        }
    }

    private void Signal(int signal)
    {
        if (_process is { HasExited: false } process && SendSignal(process.Id, signal) != 0) throw new InvalidOperationException($"{Name} takes no signal.");
    }

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static extern int SendSignal(int process, int signal);
}
