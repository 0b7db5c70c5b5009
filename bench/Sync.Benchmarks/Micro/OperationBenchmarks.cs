using BenchmarkDotNet.Attributes;

namespace Sync.Benchmarks;

/// <summary>Each operation on the sample task and on a list of a hundred elements.</summary>
[MemoryDiagnoser]
[ShortRunJob]
public class OperationBenchmarks
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private readonly Record _task = SampleRecords.Canonical(1);
    private readonly Record _list = new(new RecordKey("tasks", "t"), 1, CanonicalJson.Parse($$"""{"tags":[{{string.Join(',', Enumerable.Range(0, 100).Select(i => $"\"tag-{i}\""))}}]}"""));

    private static readonly FieldPath Title = FieldPath.Of("title");
    private static readonly FieldPath Tags = FieldPath.Of("tags");
    private static readonly CanonicalJson Value = CanonicalJson.From("Write a better report");
    private static readonly CanonicalJson Tag = CanonicalJson.From("tag-50");

    [Benchmark] public object Create() => Operations.Apply(null, new Operation.Create(_task.Key, _task.Fields), Now).Record!;
    [Benchmark] public object Set() => Operations.Apply(_task, new Operation.Set(_task.Key, Title, Value), Now).Record!;
    [Benchmark] public object SetNested() => Operations.Apply(_task, new Operation.Set(_task.Key, FieldPath.Of("a", "b"), Value), Now).Record!;
    [Benchmark] public object SetIf() => Operations.Apply(_task, new Operation.Set(_task.Key, Title, Value, new Condition.ValueIs(Value)), Now).Record!;
    [Benchmark] public object Unset() => Operations.Apply(_task, new Operation.Unset(_task.Key, Title), Now).Record!;
    [Benchmark] public object SetNow() => Operations.Apply(_task, new Operation.SetNow(_task.Key, Title), Now).Record!;
    [Benchmark] public object ListInsertMoves() => Operations.Apply(_list, new Operation.ListInsert(_list.Key, Tags, Tag, ListPosition.AtStart), Now).Record!;
    [Benchmark] public object ListRemove() => Operations.Apply(_list, new Operation.ListRemove(_list.Key, Tags, Tag), Now).Record!;
    [Benchmark] public object Delete() => Operations.Apply(_task, new Operation.Delete(_task.Key), Now).Record!;
    [Benchmark] public object InvertSet() => Operations.Invert(_task, new Operation.Set(_task.Key, Title, Value), Operations.Apply(_task, new Operation.Set(_task.Key, Title, Value), Now).Record!);
}
