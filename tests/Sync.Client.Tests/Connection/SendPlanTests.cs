namespace Sync.Client.Tests;

/// <summary>What is said next, decided on its own.</summary>
public sealed class SendPlanTests
{
    private readonly OwnReplica _replica = new();

    [Test]
    public void A_push_ends_before_the_first_transaction_that_is_not_saved()
    {
        var plan = Open();
        _replica.Write(Some.Create("1"));
        _replica.Heart.Write(new PendingTransaction(Some.Transaction("unsaved", Some.Create("2")), null));

        Assert.That(((ClientMessage.Push)Next(plan)!).Transactions.Select(queued => queued.Transaction.Operations.Single().Key.Id), Is.EqualTo(new[] { "1" }));
        Assert.That(Next(plan), Is.Null);
    }

    private SendPlan Open()
    {
        var plan = new SendPlan(_replica.Heart, maxInFlight: 10);
        plan.Begin();
        Assert.That(Next(plan), Is.InstanceOf<ClientMessage.Hello>());
        plan.Welcome();
        return plan;
    }

    private static ClientMessage? Next(SendPlan plan) => plan.Next(isQuiet: false, TimeSpan.Zero);
}
