namespace Sync.Benchmarks;

/// <summary>The whole path over real sockets and a real store, each row beside its limit.</summary>
internal static class PathTable
{
    public static async Task RunAsync(Report report)
    {
        report.Heading("Whole path");
        report.Header("what", "ours", "limit: smallest relay, raw sends", "ratio", "floor", "stretch");
        await LoneWrite.RunAsync(report);
        await WriteToView.RunAsync(report, isDurable: true);
        await WriteToView.RunAsync(report, isDurable: false);
        await FanOut.RunAsync(report, 1000);
        await FanOut.RunInterestAsync(report);

        report.Heading("Transactions per second on SQLite, FULL");
        report.Line("Floor with many writers: 4x one by one and 0.4x 256 a commit; stretch 0.7x.");
        report.Line("");
        report.Header("writers", "ours", "raw, one by one", "ours / one by one", "raw, 256 a commit", "ours / 256 a commit");
        await StoreThroughput.RunAsync(report);
    }
}
