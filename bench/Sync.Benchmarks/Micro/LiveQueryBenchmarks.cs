using BenchmarkDotNet.Attributes;

namespace Sync.Benchmarks;

/// <summary>One changed row of a live, filtered, sorted query, from the checkpoint to the diff.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class LiveQueryBenchmarks
{
    private Device _device = null!;
    private int _at;

    [Params(1_000, 10_000, 100_000)]
    public int Rows { get; set; }

    [GlobalSetup]
    public void Setup() => _device = new Device(Rows, 1);

    [Benchmark]
    public void OneChangedRow() => _device.Take(_device.Change(_at++ * 31 % Rows));
}
