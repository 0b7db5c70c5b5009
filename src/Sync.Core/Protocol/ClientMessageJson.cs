namespace Sync;

/// <summary>The messages of a client as JSON, the type first.</summary>
internal static class ClientMessageJson
{
    public static void Write(FrameWriter to, ClientMessage message)
    {
        switch (message)
        {
            case ClientMessage.Hello hello:
                to.Raw("{\"type\":\"hello\",\"protocol\":"u8);
                to.Number(hello.Protocol);
                to.Raw(",\"clientId\":"u8);
                to.Text(hello.ClientId);
                to.Raw("}"u8);
                break;
            case ClientMessage.Subscribe subscribe:
                to.Raw("{\"type\":\"subscribe\",\"sub\":"u8);
                to.Number(subscribe.Sub.Value);
                to.Raw(",\"query\":"u8);
                to.Raw(subscribe.Query.Key);
                if (!subscribe.Token.IsNone)
                {
                    to.Raw(",\"token\":"u8);
                    to.Text(subscribe.Token.Value);
                }
                if (subscribe.Count != 0)
                {
                    to.Raw(",\"count\":"u8);
                    to.Number(subscribe.Count);
                }
                if (subscribe.Digest is { } digest)
                {
                    to.Raw(",\"digest\":"u8);
                    to.Text(digest);
                }
                to.Raw("}"u8);
                break;
            case ClientMessage.Unsubscribe unsubscribe:
                to.Raw("{\"type\":\"unsubscribe\",\"sub\":"u8);
                to.Number(unsubscribe.Sub.Value);
                to.Raw("}"u8);
                break;
            case ClientMessage.Push push:
                to.Raw("{\"type\":\"push\",\"transactions\":"u8);
                to.List(push.Transactions.AsSpan(), static (w, queued) => TransactionJson.Write(w, queued.Transaction, queued.Seq));
                to.Raw("}"u8);
                break;
            case ClientMessage.Ping:
                to.Raw("{\"type\":\"ping\"}"u8);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(message), message.GetType(), "This case of ClientMessage has no JSON.");
        }
    }

    public static ClientMessage? Read(CanonicalJson json, Intake intake)
    {
        var type = intake.Text(json, MemberName.Type);
        if (!intake.IsSound) return null;
        switch (type)
        {
            case "hello":
                return new ClientMessage.Hello((int)intake.Whole(json, MemberName.Protocol, 0, int.MaxValue), intake.Id(json, MemberName.ClientId));
            case "subscribe":
                return new ClientMessage.Subscribe(Sub(json, intake), QueryJson.Read(json.Get(MemberName.Query), intake)!, new Token(intake.OptionalMark(json, MemberName.Token)!), intake.OptionalWhole(json, MemberName.Count, 0), intake.OptionalMark(json, MemberName.Digest));
            case "unsubscribe":
                return new ClientMessage.Unsubscribe(Sub(json, intake));
            case "push":
                return new ClientMessage.Push(intake.RequiredList(json, MemberName.Transactions, TransactionJson.ReadQueued));
            case "ping":
                return ClientMessage.Ping.Instance;
            default:
                intake.Refuse(ErrorCodes.UnknownMessage, $"'{Intake.Shown(type)}' is no message of a client; known are hello, subscribe, unsubscribe, push and ping.");
                return null;
        }
    }

    private static SubscriptionId Sub(CanonicalJson json, Intake intake) => new(intake.Whole(json, MemberName.Sub, least: 1));
}
