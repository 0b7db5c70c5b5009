using System.Xml.Linq;

var target = Argument("target", "Default");
var configuration = Argument("configuration", "Release");
var filter = Argument("filter", "");

var solution = File("./Sync.sln");
var artifacts = Directory("./artifacts");
var packages = artifacts + Directory("packages");
var testResults = artifacts + Directory("tests");

var postgres = ("POSTGRES_PATH", GetFiles("/usr/lib/postgresql/*/bin/initdb").Select(initdb => initdb.FullPath).Append("initdb").ToArray(), "postgresql");

// Under tests/, but started by tests: whatever is not named here is run as tests.
var programsOfTests = new[] { "Sync.Driver" };

Task("Default")
    .IsDependentOn("Clean")
    .IsDependentOn("Test")
    .IsDependentOn("Pack");

Task("Clean").Does(() =>
{
    CleanDirectory(artifacts);
    DotNetClean(solution, new DotNetCleanSettings { Configuration = configuration, Verbosity = DotNetVerbosity.Quiet });
});

Task("Restore").Does(() => DotNetRestore(solution));

Task("Build").IsDependentOn("Restore").Does(() =>
    DotNetBuild(solution, new DotNetBuildSettings { Configuration = configuration, NoRestore = true }));

Task("Test").IsDependentOn("Programs").IsDependentOn("Build").Does(() =>
{
    CleanDirectory(testResults);
    var assemblies = GetFiles("./tests/*/*.csproj").Select(project => project.GetFilenameWithoutExtension().ToString())
        .Where(name => !programsOfTests.Contains(name)).Select(name => $"tests/{name}/bin/{configuration}/net10.0/{name}.dll");

    var arguments = new ProcessArgumentBuilder().Append("test");
    foreach (var assembly in assemblies) arguments.AppendQuoted(assembly);
    arguments.Append("--settings tests/.runsettings --logger trx --results-directory").AppendQuoted(testResults);
    if (filter != "") arguments.Append("--filter").AppendQuoted(filter);

    var exitCode = StartProcess("dotnet", new ProcessSettings
    {
        Arguments = arguments,
        EnvironmentVariables = new Dictionary<string, string> { ["SYNC_REQUIRE_PROGRAMS"] = "1" },
    });

    var results = GetFiles($"{testResults}/*.trx").Select(file => XDocument.Load(file.FullPath)).ToList();
    int Sum(string counter) => results.Descendants().Where(e => e.Name.LocalName == "Counters").Sum(e => (int)e.Attribute(counter));
    var summary = $"{Sum("passed")} passed, {Sum("failed")} failed";
    System.IO.File.WriteAllText(testResults + File("summary.txt"), summary + "\n");
    Information(summary);

    if (Sum("total") == 0) throw new CakeException("No test ran.");
    if (exitCode != 0) throw new CakeException("Tests failed.");
    if (results.Descendants().Any(e => e.Name.LocalName == "Message" && e.Value.StartsWith("Missing program:")))
        throw new CakeException("A test was skipped for a missing program.");
});

Task("Kill").Description("Kills clients and their server, nodes and PostgreSQL again and again: --loops=N --seed=S; the nodes alone with --filter=FullyQualifiedName~ClusterLoopTests.").IsDependentOn("Build").Does(() =>
{
    Ensure(("STRACE_PATH", new[] { "strace" }, "strace"), postgres);
    var assembly = $"tests/Sync.Crash.Tests/bin/{configuration}/net10.0/Sync.Crash.Tests.dll";
    // Explicit tests run only where nothing else is asked for.
    foreach (var tests in filter == "" ? new[] { "FullyQualifiedName~KillTests", "FullyQualifiedName~SystemCallTests|FullyQualifiedName~PowerCutTests|FullyQualifiedName~ClusterLoopTests" } : new[] { filter })
    {
        var exitCode = StartProcess("dotnet", new ProcessSettings
        {
            Arguments = new ProcessArgumentBuilder().Append("test").AppendQuoted(assembly).Append("--filter").AppendQuoted(tests).Append("--logger").AppendQuoted("console;verbosity=detailed"),
            EnvironmentVariables = new Dictionary<string, string> { ["SYNC_LOOPS"] = Argument("loops", "50"), ["SYNC_SEED"] = Argument("seed", "1") },
        });
        if (exitCode != 0) throw new CakeException("What was acknowledged was not kept, or the loops did not end.");
    }
});

Task("Bench").IsDependentOn("Build").Does(() =>
{
    var bench = "./bench/Sync.Benchmarks/Sync.Benchmarks.csproj";
    var settings = new DotNetRunSettings { Configuration = configuration, NoBuild = true };
    if (filter == "") DotNetRun(bench, settings);
    DotNetRun(bench, new ProcessArgumentBuilder().Append("--filter").AppendQuoted(filter == "" ? "*" : filter), settings);
});

Task("Simulate").Description("Runs --seeds=N seeds of the simulator from --first=S on; ends with the line \"N seeds, N failed\".").Does(() =>
{
    var project = "./tests/Sync.Simulation/Sync.Simulation.csproj";
    DotNetBuild(project, new DotNetBuildSettings { Configuration = configuration, Verbosity = DotNetVerbosity.Quiet });
    var arguments = new ProcessArgumentBuilder().Append($"tests/Sync.Simulation/bin/{configuration}/net10.0/Sync.Simulation.dll")
        .Append("--seeds").Append(Argument("seeds", "20000")).Append("--first").Append(Argument("first", "1"))
        .Append("--failures").AppendQuoted(artifacts + Directory("simulation"));
    var replay = Argument("replay", "");
    if (replay != "") arguments.Append("--replay").AppendQuoted(replay);
    if (StartProcess("dotnet", new ProcessSettings { Arguments = arguments }) != 0) throw new CakeException("The simulation failed.");
});

Task("Pack").IsDependentOn("Build").Does(() =>
{
    CleanDirectory(packages);
    DotNetPack(solution, new DotNetPackSettings { Configuration = configuration, NoBuild = true, OutputDirectory = packages });
});

Task("Programs").Description("Installs the programs that tests need and the machine lacks.").Does(() => Ensure(
    ("CHROMIUM_PATH", new[] { "chromium", "chromium-browser", "google-chrome" }, "chromium"),
    ("CC_PATH", new[] { "clang", "gcc" }, "gcc libc6-dev"),
    postgres));

void Ensure(params (string Variable, string[] Commands, string Install)[] needed)
{
    var missing = needed
        .Where(program => !HasEnvironmentVariable(program.Variable) && program.Commands.All(command => !FileExists(command) && Context.Tools.Resolve(command) == null))
        .Select(program => program.Install).ToList();
    if (missing.Count == 0) return;

    var install = $"install -y --no-install-recommends {string.Join(" ", missing)}";
    if (Environment.UserName != "root" || Context.Tools.Resolve("apt-get") == null)
        throw new CakeException($"The tests need programs that are not here. On Debian or Ubuntu: apt-get {install}");
    if (StartProcess("apt-get", "update") != 0 || StartProcess("apt-get", install) != 0)
        throw new CakeException($"apt-get {install} failed.");
}

RunTarget(target);
