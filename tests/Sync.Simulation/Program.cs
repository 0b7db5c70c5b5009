using System.Globalization;
using Sync.Testing;

namespace Sync.Simulation;

/// <summary>
/// <c>--seeds N --first S</c> runs seeds and ends with the line <c>N seeds, N failed</c>; <c>--replay FILE</c> runs the steps that a failure wrote down and
/// prints all that happens.
/// </summary>
internal static class Program
{
    public static int Main(string[] arguments)
    {
        if (ValueOf("--replay") is { } file) return Tell(Testing.Simulation.Replay(Workload, File.ReadAllText(file), Console.WriteLine), folder: null);
        var options = new SimulationOptions
        {
            FirstSeed = Number("--first", 1),
            Seeds = Number("--seeds", 2000),
            FailureFolder = ValueOf("--failures") ?? Path.Combine(AppContext.BaseDirectory, "failures"),
            RepeatCommand = RepeatCommand,
        };
        return Tell(Testing.Simulation.Run(Workload, options), options.FailureFolder);

        string? ValueOf(string name) => Array.IndexOf(arguments, name) is >= 0 and var at && at + 1 < arguments.Length ? arguments[at + 1] : null;
        int Number(string name, int otherwise) => ValueOf(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : otherwise;
    }

    public const string RepeatCommand = "./build.sh --target=Simulate --seeds=1 --first={0}";

    public static BoardWorkload Workload { get; } = new(hasWatcher: true);

    private static int Tell(SimulationReport report, string? folder)
    {
        foreach (var (what, times) in report.Figures) Console.WriteLine($"{times,12} {what}");
        foreach (var failure in report.Failures) Console.WriteLine($"\n{failure.Message}");
        Console.WriteLine(report);
        if (folder is not null) File.WriteAllText(Path.Combine(Directory.CreateDirectory(folder).FullName, "summary.txt"), $"{report}\n");
        return report.Failures.Count == 0 ? 0 : 1;
    }
}
