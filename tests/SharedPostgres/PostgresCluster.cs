using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Sync.Tests;

/// <summary>
/// A PostgreSQL server for this process: the one that SYNC_TEST_POSTGRES names, or a cluster in a temporary folder, started when first asked for and ended with the process. Durable as in
/// production (fsync on). PostgreSQL refuses to run as root, so as root it runs as another user.
/// </summary>
internal sealed class PostgresCluster
{
    private const string RunAs = "nobody";
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(120);
    private const string OwnerFile = "owner.pid";
    private static readonly string Prefix = Path.Combine(Path.GetTempPath(), "syncpg-");
    private static readonly Lazy<PostgresCluster> LazyShared = new(StartShared);

    private readonly string? _folder;
    private readonly string[] _settings;
    private Process? _process;

    private PostgresCluster(string connectionString, string? folder, string[] settings) => (ConnectionString, _folder, _settings) = (connectionString, folder, settings);

    /// <summary>Of the database <c>postgres</c>, as a superuser.</summary>
    public string ConnectionString { get; }

    public static PostgresCluster Shared => LazyShared.Value;

    private static bool IsRoot => !OperatingSystem.IsWindows() && Environment.UserName == "root";

    /// <summary>A cluster of the caller's own, to be killed and started again. Ended with the process too.</summary>
    public static PostgresCluster Start(params string[] settings)
    {
        EndLeftovers();
        var folder = Prefix + Path.GetRandomFileName().Replace(".", "", StringComparison.Ordinal);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, OwnerFile), Environment.ProcessId.ToString(System.Globalization.CultureInfo.InvariantCulture));
        if (IsRoot) Run("chown", "-R", $"{RunAs}:", folder);
        RunAsOwner(Bin("initdb"), "-D", Path.Combine(folder, "data"), "-U", "sync", "--auth=trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8");
        var cluster = new PostgresCluster($"Host=127.0.0.1;Port={FreePort()};Username=sync;Database=postgres;Include Error Detail=true;Timeout=5", folder, settings);
        cluster.StartServer();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => cluster.End();
        return cluster;
    }

    /// <summary>Starts the server over what its folder holds, and waits until it takes connections.</summary>
    public void StartServer()
    {
        var patience = Stopwatch.StartNew();
        while (!TryStartServer(patience, out var said))
        {
            // Behind a kill the last children of the one before may still hold its shared memory or its lock file.
            if (patience.Elapsed > StartPatience) throw new InvalidOperationException($"PostgreSQL did not start: {said}");
            Thread.Sleep(100);
        }
    }

    private bool TryStartServer(Stopwatch patience, out string said)
    {
        var port = new NpgsqlConnectionStringBuilder(ConnectionString).Port;
        string[] arguments =
        [
            "-D", Path.Combine(_folder!, "data"), "-k", _folder!, "-h", "127.0.0.1", "-p", $"{port}",
            "-c", "max_connections=200", "-c", "shared_buffers=64MB", "-c", "log_min_messages=fatal", "-c", "log_min_error_statement=panic",
            .. _settings.SelectMany(setting => new[] { "-c", setting }),
        ];
        var process = _process = Process.Start(StartInfo(Bin("postgres"), arguments))!;
        process.OutputDataReceived += (_, _) => { };
        var lines = new ConcurrentQueue<string>();
        process.ErrorDataReceived += (_, line) => lines.Enqueue(line.Data ?? "");
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var isUp = Answers();
        while (!isUp && !process.HasExited && patience.Elapsed < StartPatience)
        {
            Thread.Sleep(20);
            isUp = Answers();
        }
        said = string.Join('\n', lines);
        return isUp;
    }

    /// <summary>As a loss of the server's machine looks to its clients: every process of it is gone at once, and says nothing. What was written to files stays.</summary>
    public void Kill()
    {
        if (_process is not { HasExited: false } process) return;
        if (OperatingSystem.IsLinux())
        {
            // One that stands still can neither start more nor tell the others.
            Run("kill", "-STOP", $"{process.Id}");
            Run("kill", ["-KILL", .. ChildrenOf(process.Id), $"{process.Id}"]);
        }
        else
        {
            process.Kill(entireProcessTree: true);
        }
        process.WaitForExit();
    }

    public void End()
    {
        if (_folder is null) return;
        Kill();
        NpgsqlConnection.ClearAllPools();
        try
        {
            Directory.Delete(_folder, recursive: true);
        }
        catch (IOException)
        {
            // A last child of the server may still hold it; the next run clears it away.
        }
    }

    private static PostgresCluster StartShared() =>
        Environment.GetEnvironmentVariable("SYNC_TEST_POSTGRES") is { Length: > 0 } named ? new PostgresCluster(named, null, []) : Start();

    private bool Answers()
    {
        try
        {
            using var connection = new NpgsqlConnection(ConnectionString + ";Pooling=false");
            connection.Open();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    /// <summary>A run that was killed leaves its server behind.</summary>
    private static void EndLeftovers()
    {
        foreach (var folder in Directory.GetDirectories(Path.GetTempPath(), "syncpg-*"))
        {
            var owner = Path.Combine(folder, OwnerFile);
            if (!File.Exists(owner) || IsAlive(File.ReadAllText(owner))) continue;
            var server = Path.Combine(folder, "data", "postmaster.pid");
            if (File.Exists(server) && File.ReadLines(server).FirstOrDefault() is { } id && IsAlive(id)) Run("kill", "-QUIT", id);
            try
            {
                Directory.Delete(folder, recursive: true);
            }
            catch (IOException)
            {
                // It is being ended: the run after this one finds it gone.
            }
        }
    }

    private static IEnumerable<string> ChildrenOf(int process) => File.ReadAllText($"/proc/{process}/task/{process}/children").Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static bool IsAlive(string id)
    {
        try
        {
            using var process = Process.GetProcessById(int.Parse(id, System.Globalization.CultureInfo.InvariantCulture));
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static string Bin(string program) => Path.Combine(Programs.PostgresFolder, program);

    private static void RunAsOwner(string program, params string[] arguments) => Wait(StartInfo(program, arguments));

    private static void Run(string program, params string[] arguments) =>
        Wait(new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true });

    private static void Wait(ProcessStartInfo start)
    {
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{start.FileName} ended with {process.ExitCode}: {output.Result} {error.Result}");
    }

    private static ProcessStartInfo StartInfo(string program, string[] arguments)
    {
        // setpriv becomes the program, so that its process is the server's own.
        string[] all = IsRoot ? ["setpriv", $"--reuid={RunAs}", "--regid=nogroup", "--clear-groups", "--inh-caps=-all", "--", program, .. arguments] : [program, .. arguments];
        var start = new ProcessStartInfo(all[0], all[1..]) { RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = "/" };
        start.Environment["LC_ALL"] = "C.UTF-8";
        return start;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
