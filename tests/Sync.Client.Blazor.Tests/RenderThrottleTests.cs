using Microsoft.Extensions.Time.Testing;

namespace Sync.Client.Blazor.Tests;

public sealed class RenderThrottleTests
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly FakeTimeProvider _time = new();
    private int _renderings;

    [SetUp]
    public void Reset() => _renderings = 0;

    [Test]
    public void The_first_request_renders_at_once_and_those_after_it_together_at_the_end_of_the_interval()
    {
        using var throttle = Make();

        throttle.Request();
        Assert.That(_renderings, Is.EqualTo(1));

        for (var i = 0; i < 5; i++) throttle.Request();
        _time.Advance(Interval - TimeSpan.FromMilliseconds(1));
        Assert.That(_renderings, Is.EqualTo(1));
        _time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(_renderings, Is.EqualTo(2));
    }

    [Test]
    public void After_a_quiet_interval_a_request_renders_at_once_again()
    {
        using var throttle = Make();
        throttle.Request();

        _time.Advance(Interval);
        Assert.That(_renderings, Is.EqualTo(1), "Nothing was asked for.");
        throttle.Request();
        Assert.That(_renderings, Is.EqualTo(2));
    }

    [Test]
    public void Once_disposed_it_renders_no_more()
    {
        var throttle = Make();
        throttle.Request();
        throttle.Request();

        throttle.Dispose();
        _time.Advance(Interval);
        throttle.Request();

        Assert.That(_renderings, Is.EqualTo(1));
    }

    private RenderThrottle Make() => new(() => _renderings++, run => run(), _time, Interval);
}
