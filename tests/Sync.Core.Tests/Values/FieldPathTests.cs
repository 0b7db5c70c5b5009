namespace Sync.Core.Tests;

public sealed class FieldPathTests
{
    [TestCase("\"a\"", "a")]
    [TestCase("\"a.b.c\"", "a|b|c")]
    [TestCase("[\"a\",\"b\"]", "a|b")]
    [TestCase("[\"a.b\",\"c\"]", "a.b|c")]
    [TestCase("\" \"", " ")]
    [TestCase("\"Constructor\"", "Constructor")]
    public void A_path_is_a_dotted_string_or_a_list_of_segments(string json, string segments)
    {
        Assert.That(FieldPath.TryParse(Some.Json(json), out var path, out _), Is.True);
        Assert.That(path.Segments, Is.EqualTo(segments.Split('|')));
    }

    [TestCase("\"\"", ErrorCodes.BadPath)]
    [TestCase("\".\"", ErrorCodes.BadPath)]
    [TestCase("\".a\"", ErrorCodes.BadPath)]
    [TestCase("\"a.\"", ErrorCodes.BadPath)]
    [TestCase("\"a..b\"", ErrorCodes.BadPath)]
    [TestCase("[]", ErrorCodes.BadPath)]
    [TestCase("[\"a\",\"\"]", ErrorCodes.BadPath)]
    [TestCase("[\"a\",1]", ErrorCodes.BadPath)]
    [TestCase("1", ErrorCodes.BadPath)]
    [TestCase("null", ErrorCodes.BadPath)]
    [TestCase("{}", ErrorCodes.BadPath)]
    [TestCase("\"__proto__\"", ErrorCodes.ReservedName)]
    [TestCase("\"a.prototype.b\"", ErrorCodes.ReservedName)]
    [TestCase("[\"constructor\"]", ErrorCodes.ReservedName)]
    public void Empty_and_reserved_segments_are_refused(string json, string code)
    {
        Assert.That(FieldPath.TryParse(Some.Json(json), out _, out var error), Is.False);
        Assert.That(error!.Code, Is.EqualTo(code));
    }

    [Test]
    public void A_path_has_at_most_32_segments()
    {
        var longest = string.Join('.', Enumerable.Repeat("a", 32));

        Assert.That(FieldPath.TryParse(CanonicalJson.From(longest), out _, out _), Is.True);
        Assert.That(FieldPath.TryParse(CanonicalJson.From(longest + ".a"), out _, out var error), Is.False);
        Assert.That(error!.Code, Is.EqualTo(ErrorCodes.BadPath));
        Assert.That(FieldPath.TryParse(CanonicalJson.List(Enumerable.Repeat(CanonicalJson.From("a"), 33)), out _, out error), Is.False);
        Assert.That(error!.Code, Is.EqualTo(ErrorCodes.BadPath));
    }

    [Test]
    public void A_path_of_the_programs_own_is_refused_by_throwing()
    {
        Assert.That(FieldPath.Parse("a.b").Segments, Is.EqualTo(new[] { "a", "b" }));
        Assert.That(() => FieldPath.Parse("a..b"), Throws.TypeOf<FormatException>());
    }

    [Test]
    public void A_path_is_written_as_a_list_only_where_a_name_holds_a_dot()
    {
        Assert.That(FieldPath.Of("a", "b\"").ToJson().ToString(), Is.EqualTo("\"a.b\\\"\""));
        Assert.That(FieldPath.Of("a.b", "c").ToJson().ToString(), Is.EqualTo("[\"a.b\",\"c\"]"));
    }
}
