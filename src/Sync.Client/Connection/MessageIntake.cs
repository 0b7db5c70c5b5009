namespace Sync.Client;

/// <summary>What each message of the server means for records, queue and connection. Pure; under the client's lock.</summary>
internal sealed class MessageIntake(Replica replica, SendPlan plan, string userId, Func<string> newClientId, ClientLog log)
{
    /// <summary>After so many sessions that ended in nonsense, what this device claims to hold is no longer trusted.</summary>
    private const int MaxGarbled = 2;

    private int _garbled;

    /// <param name="now">The time since the client started.</param>
    /// <param name="date">The same by this device's clock.</param>
    public SessionNews Take(ServerMessage message, TimeSpan now, DateTimeOffset date)
    {
        switch (message)
        {
            case ServerMessage.Welcome welcome when welcome.UserId != userId:
                log.OtherUser();
                return SessionNews.Of(new ConnectionEvent.TurnedAway());
            case ServerMessage.Welcome welcome:
                return Take(welcome);
            case ServerMessage.Part part:
                replica.Stage(part);
                return SessionNews.None;
            case ServerMessage.Compare compare:
                foreach (var answer in replica.Answer(compare)) plan.Answer(answer);
                return SessionNews.None;
            case ServerMessage.Checkpoint checkpoint when !replica.CanApply(checkpoint):
                return Garbled();
            case ServerMessage.Checkpoint checkpoint:
                return Take(checkpoint, now, date);
            case ServerMessage.Retry retry:
                plan.Hold(retry.Seq, retry.ClientId);
                return SessionNews.None with { HoldFor = retry.RetryAfter };
            case ServerMessage.Error { Sub.Value: not 0 } error:
                log.SubscriptionRefused(error.Code);
                return new SessionNews(replica.Refuse(error.Sub, new ApplyError(error.Code, error.Message)));
            case ServerMessage.Error error:
                log.SessionRefused(error.Code);
                return SessionNews.None;
            case ServerMessage.Ping:
                return SessionNews.None;
            case ServerMessage.Drain drain:
                return SessionNews.Of(new ConnectionEvent.Drained(drain.RetryAfter));
            default:
                throw new ArgumentOutOfRangeException(nameof(message), message, "Not a message of this version.");
        }
    }

    public SessionNews Garbled()
    {
        plan.MayClaim(++_garbled < MaxGarbled);
        return SessionNews.Of(new ConnectionEvent.Garbled());
    }

    /// <summary>All that is subscribed to has been answered: what this device holds makes sense again.</summary>
    public void CaughtUp()
    {
        _garbled = 0;
        plan.MayClaim(true);
    }

    private SessionNews Take(ServerMessage.Welcome welcome)
    {
        var step = Step.Nothing;
        if (welcome.IsOtherHistory)
        {
            log.OtherHistory();
            SyncDiagnostics.OtherHistories.Add(1);
            replica.Stored.ForgetPlaces();
            step = replica.MoveQueueTo(newClientId());
            plan.PushAgain();
        }
        plan.Welcome();
        return new SessionNews(step, Heartbeat: welcome.Heartbeat);
    }

    private SessionNews Take(ServerMessage.Checkpoint checkpoint, TimeSpan now, DateTimeOffset date)
    {
        foreach (var delivery in checkpoint.Receipts) plan.Answered(delivery.Receipt.TxId);
        SyncDiagnostics.Checkpoints.Add(1);
        var step = replica.Apply(checkpoint, now, date);
        foreach (var (rows, former) in step.Differing)
        {
            log.Repaired(rows.Query.Table);
            SyncDiagnostics.Repairs.Add(1);
            plan.Unwatch(former);
            if (rows.Subscription.Error is null) plan.Watch(rows);
        }
        return new SessionNews(step);
    }
}
