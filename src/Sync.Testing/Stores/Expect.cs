using Sync.Server;

namespace Sync.Testing;

/// <summary>The suite's own checks, so that it hangs on no test framework.</summary>
internal static class Expect
{
    public static void That(bool holds, string expectation)
    {
        if (!holds) throw new ConformanceException($"Expected {expectation}.");
    }

    public static void Same<T>(T expected, T came, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, came)) throw new ConformanceException($"{what}: expected {expected}, but {came} came.");
    }

    public static void SameList<T>(IEnumerable<T> expected, IEnumerable<T> came, string what) =>
        Same(string.Join(", ", expected), string.Join(", ", came), what);

    /// <summary>Byte for byte.</summary>
    public static void SameRecord(Record? expected, Record? came, string what)
    {
        if (expected is null || came is null)
        {
            That(expected is null && came is null, $"{what}: {Shown(expected)}, but {Shown(came)} came");
            return;
        }

        Same(expected.Key, came.Key, what);
        Same((expected.Version, expected.IsDeleted), (came.Version, came.IsDeleted), $"{what}, version and whether it is deleted");
        Same(expected.Fields, came.Fields, $"{what}, fields");
    }

    public static Revision Committed(CommitAnswer answer) =>
        answer is CommitAnswer.Committed committed ? committed.First : throw new ConformanceException($"Expected the batch to be committed, but the answer was {answer}.");

    public static T Answer<T>(CommitAnswer answer) where T : CommitAnswer =>
        answer as T ?? throw new ConformanceException($"Expected the answer {typeof(T).Name}, but it was {answer}.");

    private static string Shown(Record? record) => record is null ? "no record" : $"{record} {record.Fields}";
}
