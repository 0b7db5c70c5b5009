namespace Sync.Server.Tests.Processing;

public sealed class ContentionTests
{
    private readonly Contention _contention = new(calmGroups: 3);

    [Test]
    public void It_is_off_until_a_group_is_lost()
    {
        _contention.Committed(wouldHaveBeenLost: false, isCrowded: false);
        Assert.That(_contention.IsOn, Is.False);
        _contention.Lost();
        Assert.That(_contention.IsOn);
    }

    [Test]
    public void It_ends_behind_some_groups_in_a_row_that_would_not_have_been_lost()
    {
        _contention.Lost();
        bool[] calm = [true, true, false, true, true, true];
        var wasOn = calm.Select(isCalm =>
        {
            _contention.Committed(wouldHaveBeenLost: !isCalm, isCrowded: false);
            return _contention.IsOn;
        }).ToArray();

        Assert.That(wasOn, Is.EqualTo(new[] { true, true, true, true, true, false }));
    }

    [Test]
    public void It_is_on_too_where_commits_wait_for_each_other()
    {
        _contention.Committed(wouldHaveBeenLost: false, isCrowded: true);
        Assert.That(_contention.IsOn);
    }
}
