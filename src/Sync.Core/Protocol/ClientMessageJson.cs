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
                Token(to, hello.Token);
                if (!hello.Accept.IsEmpty)
                {
                    to.Raw(",\"accept\":"u8);
                    to.List(hello.Accept.AsSpan(), static (w, format) => w.Text(format));
                }
                to.Raw("}"u8);
                break;
            case ClientMessage.Subscribe subscribe:
                to.Raw("{\"type\":\"subscribe\",\"sub\":"u8);
                to.Number(subscribe.Sub.Value);
                to.Raw(",\"query\":"u8);
                to.Raw(subscribe.Query.Key);
                Token(to, subscribe.Token);
                if (subscribe.Claim is { } claim)
                {
                    to.Raw(","u8);
                    DigestJson.WriteMembers(to, claim);
                }
                to.Raw("}"u8);
                break;
            case ClientMessage.Inventory inventory:
                to.Raw("{\"type\":\"inventory\",\"sub\":"u8);
                to.Number(inventory.Sub.Value);
                to.Raw(",\"buckets\":"u8);
                to.List(inventory.Buckets.AsSpan(), DigestJson.WriteInventory);
                to.Raw(",\"deeper\":"u8);
                to.List(inventory.Deeper.AsSpan(), static (w, path) => w.Text(path.ToString()));
                to.Raw("}"u8);
                break;
            case ClientMessage.Unsubscribe unsubscribe:
                to.Raw("{\"type\":\"unsubscribe\",\"sub\":"u8);
                to.Number(unsubscribe.Sub.Value);
                to.Raw("}"u8);
                break;
            case ClientMessage.Push push:
                to.Raw("{\"type\":\"push\""u8);
                if (push.ClientId is { } clientId)
                {
                    to.Raw(",\"clientId\":"u8);
                    to.Text(clientId);
                }
                to.Raw(",\"transactions\":"u8);
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
                return new ClientMessage.Hello((int)intake.Whole(json, MemberName.Protocol, 0, int.MaxValue), intake.Id(json, MemberName.ClientId), intake.OptionalToken(json), intake.List(json, MemberName.Accept, static (name, _) => name.AsString()!, JsonKind.String));
            case "subscribe":
                return new ClientMessage.Subscribe(Sub(json, intake), QueryJson.Read(json.Get(MemberName.Query), intake)!, intake.OptionalToken(json), DigestJson.ReadMembers(json, intake));
            case "inventory":
                return new ClientMessage.Inventory(Sub(json, intake), intake.List(json, MemberName.Buckets, DigestJson.ReadInventory), intake.List(json, MemberName.Deeper, DigestJson.Path, JsonKind.String));
            case "unsubscribe":
                return new ClientMessage.Unsubscribe(Sub(json, intake));
            case "push":
                return new ClientMessage.Push(intake.RequiredList(json, MemberName.Transactions, TransactionJson.ReadQueued), intake.OptionalId(json, MemberName.ClientId));
            case "ping":
                return ClientMessage.Ping.Instance;
            default:
                intake.Refuse(ErrorCodes.UnknownMessage, $"'{Intake.Shown(type)}' is no message of a client; known are hello, subscribe, inventory, unsubscribe, push and ping.");
                return null;
        }
    }

    private static void Token(FrameWriter to, Token token)
    {
        if (token.IsNone) return;
        to.Raw(",\"token\":"u8);
        to.Text(token.Value);
    }

    private static SubscriptionId Sub(CanonicalJson json, Intake intake) => new(intake.Whole(json, MemberName.Sub, least: 1));
}
