using System.Text;

namespace Sync.Core.Tests;

public sealed class GuideDialectTests
{
    [TestCase("""{"type":"subscribe","key":"tasks:task-1"}""", true, "tasks", "task-1")]
    [TestCase("""{"key":"tasks:a:b","type":"unsubscribe"}""", false, "tasks", "a:b")]
    public void A_request_names_one_record(string frame, bool isSubscribe, string table, string id)
    {
        Assert.That(GuideDialect.TryRead(Encoding.UTF8.GetBytes(frame), out var request, out _), Is.True);
        Assert.That(request, Is.EqualTo(new GuideRequest(isSubscribe, new RecordKey(table, id))));
    }

    [TestCase("", ErrorCodes.BadJson)]
    [TestCase("42", ErrorCodes.BadJson)]
    [TestCase("{}", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"shout","key":"tasks:1"}""", ErrorCodes.UnknownMessage)]
    [TestCase("""{"type":"subscribe"}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"subscribe","key":7}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"subscribe","key":"tasks"}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"subscribe","key":"tasks:"}""", ErrorCodes.IdEmpty)]
    [TestCase("""{"type":"subscribe","key":"tasks:a\nb"}""", ErrorCodes.BadId)]
    public void A_request_that_is_not_as_it_should_be_is_refused(string frame, string code)
    {
        Assert.That(GuideDialect.TryRead(Encoding.UTF8.GetBytes(frame), out _, out var fault), Is.False);
        Assert.That(fault!.Code, Is.EqualTo(code));
    }

    [Test]
    public void Updates_are_as_the_guides_client_reads_them()
    {
        var frame = Frames.Written(to => GuideDialect.WriteUpdates(to, [(Some.Key, 4), (new("users", "a:b"), 1)]));

        Assert.That(Encoding.UTF8.GetString(frame), Is.EqualTo("""{"type":"updates","updates":[{"key":"tasks:task-1","version":4},{"key":"users:a:b","version":1}]}"""));
    }
}
