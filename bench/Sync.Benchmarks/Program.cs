using BenchmarkDotNet.Running;
using Sync.Benchmarks;

var report = new Report(Console.Out);
switch (args)
{
    case ["fan-out-server", var kind, var frameBytes]:
        await FanOutServer.RunAsync(kind, int.Parse(frameBytes, System.Globalization.CultureInfo.InvariantCulture));
        break;
    case ["representation"]:
        RepresentationTable.Run(report);
        break;
    case ["fan-out"]:
        await FanOut.RunAsync(report, 1000);
        break;
    case ["interest"]:
        await FanOut.RunInterestAsync(report);
        break;
    case ["catch-up"]:
        await CatchUp.RunAsync(report);
        break;
    case ["node"]:
        await NodeScale.RunAsync(report);
        break;
    case ["throughput"]:
        await StoreThroughput.RunAsync(report);
        break;
    case ["path"]:
        await PathTable.RunAsync(report);
        break;
    case ["postgres"]:
        await PostgresTable.RunAsync(report);
        break;
    case ["client"]:
        await ClientTable.RunAsync(report);
        break;
    case ["storage"]:
        await StorageTable.RunAsync(report);
        break;
    case []:
        RepresentationTable.Run(report);
        await ClientTable.RunAsync(report);
        await StorageTable.RunAsync(report);
        await PathTable.RunAsync(report);
        await CatchUp.RunAsync(report);
        await NodeScale.RunAsync(report);
        await PostgresTable.RunAsync(report);
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(RepresentationTable).Assembly).Run(args);
        break;
}
