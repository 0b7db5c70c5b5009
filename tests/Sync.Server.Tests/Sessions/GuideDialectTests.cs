namespace Sync.Server.Tests.Sessions;

[TestFixture]
public sealed class GuideDialectTests
{
    private static TestServer SomeServer()
    {
        var server = new TestServer();
        server.Write(Ops.Space("demo", "alice"), Ops.Space("private", "carol"), Ops.Card("c1", "demo"), Ops.Card("a:b:c", "demo"), Ops.Card("p1", "private"));
        return server;
    }

    [Test]
    public async Task A_subscribe_is_answered_with_the_version_and_so_is_every_change()
    {
        await using var server = SomeServer();
        var alice = server.Dial("alice");
        alice.Send("""{"type":"subscribe","key":"cards:c1"}""");
        server.Write(Ops.Rename("c1", "New"));

        Assert.That(alice.Transcript.Split('\n'), Is.EqualTo(new[]
        {
            """{"type":"updates","updates":[{"key":"cards:c1","version":1}]}""",
            """{"type":"updates","updates":[{"key":"cards:c1","version":2}]}""",
        }));
    }

    [Test]
    public async Task An_id_may_hold_colons()
    {
        await using var server = SomeServer();
        var alice = server.Dial("alice");
        alice.Send("""{"type":"subscribe","key":"cards:a:b:c"}""");
        Assert.That(alice.Transcript, Is.EqualTo("""{"type":"updates","updates":[{"key":"cards:a:b:c","version":1}]}"""));
    }

    [Test]
    public async Task What_changes_together_is_told_together()
    {
        await using var server = SomeServer();
        var alice = server.Dial("alice");
        alice.Send("""{"type":"subscribe","key":"cards:c1"}""");
        alice.Send("""{"type":"subscribe","key":"cards:a:b:c"}""");
        alice.Skip();
        server.Write(Ops.Rename("c1", "New"), Ops.Rename("a:b:c", "New"));
        Assert.That(alice.Transcript, Is.EqualTo("""{"type":"updates","updates":[{"key":"cards:c1","version":2},{"key":"cards:a:b:c","version":2}]}"""));
    }

    [TestCase("cards:p1")]
    [TestCase("cards:nothing")]
    [TestCase("nothing:c1")]
    [TestCase("members:m1")]
    [TestCase("cards:")]
    [TestCase(":c1")]
    [TestCase("cards")]
    public async Task What_may_not_be_read_or_is_not_there_is_met_with_silence(string key)
    {
        await using var server = SomeServer();
        var alice = server.Dial("alice");
        alice.Send($$"""{"type":"subscribe","key":"{{key}}"}""");
        server.Write(Ops.Rename("p1", "New"));
        server.Write(Ops.Delete("p1"));
        Assert.That(alice.Transcript, Is.Empty);
        Assert.That(alice.Close, Is.Null);
    }

    [Test]
    public async Task A_deleted_or_lost_record_is_met_with_silence_and_one_that_comes_back_is_told()
    {
        await using var server = SomeServer();
        var alice = server.Dial("alice");
        alice.Send("""{"type":"subscribe","key":"cards:c1"}""");
        alice.Skip();

        server.Write(Ops.Leave("demo", "alice"));
        server.Write(Ops.Rename("c1", "Unseen"));
        Assert.That(alice.Transcript, Is.Empty);

        server.Write(Ops.Join("demo", "alice"));
        Assert.That(alice.Transcript, Is.EqualTo("""{"type":"updates","updates":[{"key":"cards:c1","version":2}]}"""));
        alice.Skip();

        server.Write(Ops.Delete("c1"));
        Assert.That(alice.Transcript, Is.Empty);
    }

    [Test]
    public async Task After_unsubscribe_there_is_silence_and_a_second_subscribe_is_answered_again()
    {
        await using var server = SomeServer();
        var alice = server.Dial("alice");
        alice.Send("""{"type":"subscribe","key":"cards:c1"}""");
        alice.Send("""{"type":"subscribe","key":"cards:c1"}""");
        Assert.That(alice.Transcript.Split('\n'), Has.Length.EqualTo(2));
        Assert.That(server.Sessions.SubscriptionCount, Is.EqualTo(1));

        alice.Send("""{"type":"unsubscribe","key":"cards:c1"}""");
        alice.Skip();
        server.Write(Ops.Rename("c1", "New"));
        Assert.That(alice.Transcript, Is.Empty);
    }

    [TestCase("{nonsense")]
    [TestCase("[]")]
    [TestCase("""{"type":"subscribe","key":7}""")]
    [TestCase("""{"type":"dance","key":"cards:c1"}""")]
    [TestCase("""{"type":"subscribe"}""")]
    public async Task What_makes_no_sense_later_is_passed_over(string frame)
    {
        await using var server = SomeServer();
        var alice = server.Dial("alice");
        alice.Send("""{"type":"subscribe","key":"cards:c1"}""");
        alice.Send(frame);
        server.Write(Ops.Rename("c1", "New"));
        Assert.That(alice.Transcript.Split('\n'), Has.Length.EqualTo(2));
        Assert.That(alice.Close, Is.Null);
    }

    [Test]
    public async Task A_client_of_the_guide_may_be_silent_for_long_and_hears_no_pings()
    {
        await using var server = SomeServer();
        var alice = server.Dial("alice");
        alice.Send("""{"type":"subscribe","key":"cards:c1"}""");
        alice.Skip();
        server.Time.Advance(TimeSpan.FromHours(1));
        Assert.That(alice.Close, Is.Null);
        Assert.That(alice.Transcript, Is.Empty);
    }
}
