using static Sync.Server.Tests.World;

namespace Sync.Server.Tests.Processing;

/// <summary>Rules that follow records from one to the next, each round one further.</summary>
public sealed class RuleRoundsTests
{
    [TestCase(5, true)]
    [TestCase(30, false)]
    public async Task What_a_rule_follows_is_loaded_round_by_round_up_to_a_bound(int length, bool isAllowed)
    {
        await using var warm = await World.StartAsync();
        for (var i = 0; i < length; i++) await warm.WriteAsync(App, Create("orphans", $"o{i}", $$"""{"text":"{{(i == length - 1 ? "end" : $"o{i + 1}")}}"}"""));
        await using var cold = await World.StartAsync(store: warm.Store, rules: b => b.AddPermissions<Orphan, ChainPermissions>());

        var write = await cold.WriteAsync(Alice, Create("orphans", "new", """{"text":"o0"}"""));

        Assert.That(write.IsAccepted, Is.EqualTo(isAllowed), write.Receipt?.Message ?? write.Refusal?.Message);
        if (!isAllowed) Assert.That(write.Receipt!.Code, Is.EqualTo(ErrorCodes.NotAllowed));
    }

    private sealed class ChainPermissions : Permissions<Orphan>
    {
        public override bool MayRead(Caller caller, Orphan record, Related related) => Ends(record, related);
        public override Verdict MayWrite(Caller caller, Change<Orphan> change, Related related) => change.Sides.All(o => Ends(o, related));

        private static bool Ends(Orphan? record, Related related)
        {
            while (record is not null && record.Text != "end") record = related.Get<Orphan>(record.Text);
            return record is not null;
        }
    }
}
