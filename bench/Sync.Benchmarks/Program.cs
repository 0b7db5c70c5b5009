using Sync.Benchmarks;

var report = new Report(Console.Out);
switch (args.FirstOrDefault())
{
    case "representation":
        RepresentationTable.Run(report);
        break;
    default:
        BenchmarkDotNet.Running.BenchmarkSwitcher.FromAssembly(typeof(RepresentationTable).Assembly).Run(args);
        break;
}
