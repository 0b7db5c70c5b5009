namespace Sync.Client.Tests;

public sealed class SortPrefixTests
{
    private static readonly CanonicalJson[] Values =
    [
        default, .. new[]
        {
            "null", "false", "true", "-1e+300", "-2", "-1.5", "-0.001", "0", "1e-7", "1", "1.0000000000000000001", "2", "9007199254740992", "9007199254740993", "1e+300",
            "\"\"", "\"\\n\"", "\"!\"", "\"\\\"\"", "\"#\"", "\"A\"", "\"\\\\\"", "\"a\"", "\"abcdefg\"", "\"abcdefgh\"", "\"é\"", "\"～\"", "\"😀\"", "[]", "{}",
        }.Select(CanonicalJson.Parse),
    ];

    [Test]
    public void A_smaller_prefix_means_a_smaller_value() => Compare(isDescending: false, sign: 1);

    [Test]
    public void Of_a_descending_field_it_means_a_larger_one() => Compare(isDescending: true, sign: -1);

    [Test]
    public void Ids_are_compared_by_code_point()
    {
        string[] ascending = ["", "a", "ab", "abcdefgh", "b", "é", "～", "😀"];
        for (var i = 1; i < ascending.Length; i++)
            Assert.That(SortPrefix.OfId(ascending[i - 1]), Is.LessThan(SortPrefix.OfId(ascending[i])), ascending[i]);
    }

    private static void Compare(bool isDescending, int sign)
    {
        foreach (var left in Values)
        {
            foreach (var right in Values)
            {
                var (a, b) = (SortPrefix.Of(left, isDescending), SortPrefix.Of(right, isDescending));
                if (a != b) Assert.That(Math.Sign(left.CompareTo(right)) * sign, Is.EqualTo(a.CompareTo(b)), $"{left} against {right}");
            }
        }
    }
}
