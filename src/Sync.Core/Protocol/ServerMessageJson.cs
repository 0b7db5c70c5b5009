namespace Sync;

/// <summary>The messages of a server as JSON, the type first.</summary>
internal static class ServerMessageJson
{
    public static void Write(FrameWriter to, ServerMessage message)
    {
        switch (message)
        {
            case ServerMessage.Welcome welcome:
                to.Raw("{\"type\":\"welcome\",\"protocol\":"u8);
                to.Number(welcome.Protocol);
                to.Raw(",\"userId\":"u8);
                to.Text(welcome.UserId);
                to.Raw(",\"heartbeatMs\":"u8);
                Milliseconds(to, welcome.Heartbeat);
                to.Raw(",\"maxTransactionBytes\":"u8);
                to.Number(welcome.MaxTransactionBytes);
                if (welcome.IsOtherHistory) to.Raw(",\"history\":\"other\""u8);
                break;
            case ServerMessage.Compare compare:
                to.Raw("{\"type\":\"compare\",\"sub\":"u8);
                to.Number(compare.Sub.Value);
                to.Raw(",\"path\":"u8);
                to.Text(compare.Path.ToString());
                DigestJson.WriteBuckets(to, compare.Buckets);
                break;
            case ServerMessage.Part part:
                to.Raw("{\"type\":\"part\",\"sub\":"u8);
                to.Number(part.Sub.Value);
                to.Raw(",\"records\":"u8);
                RecordJson.WriteMap(to, part.Records);
                break;
            case ServerMessage.Checkpoint checkpoint:
                to.Raw("{\"type\":\"checkpoint\""u8);
                if (!checkpoint.Token.IsNone)
                {
                    to.Raw(",\"token\":"u8);
                    to.Text(checkpoint.Token.Value);
                }
                to.Raw(",\"records\":"u8);
                RecordJson.WriteMap(to, checkpoint.Records);
                to.Raw(",\"subs\":"u8);
                to.List(checkpoint.Subscriptions.AsSpan(), WriteDelta);
                to.Raw(",\"receipts\":"u8);
                to.List(checkpoint.Receipts.AsSpan(), static (w, delivery) => ReceiptJson.Write(w, delivery.Receipt, delivery));
                break;
            case ServerMessage.Retry retry:
                to.Raw("{\"type\":\"retry\""u8);
                if (retry.ClientId is { } clientId)
                {
                    to.Raw(",\"clientId\":"u8);
                    to.Text(clientId);
                }
                to.Raw(",\"seq\":"u8);
                to.Number(retry.Seq);
                to.Raw(",\"code\":"u8);
                to.Text(retry.Code);
                to.Raw(",\"retryAfterMs\":"u8);
                Milliseconds(to, retry.RetryAfter);
                break;
            case ServerMessage.Error error:
                to.Raw("{\"type\":\"error\",\"code\":"u8);
                to.Text(error.Code);
                to.Raw(",\"message\":"u8);
                to.Text(error.Message);
                if (error.Sub != default)
                {
                    to.Raw(",\"sub\":"u8);
                    to.Number(error.Sub.Value);
                }
                break;
            case ServerMessage.Ping:
                to.Raw("{\"type\":\"ping\""u8);
                break;
            case ServerMessage.Drain drain:
                to.Raw("{\"type\":\"drain\",\"retryAfterMs\":"u8);
                Milliseconds(to, drain.RetryAfter);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(message), message.GetType(), "This case of ServerMessage has no JSON.");
        }
        to.Raw("}"u8);
    }

    public static ServerMessage? Read(CanonicalJson json, Intake intake)
    {
        var type = intake.Text(json, MemberName.Type);
        if (!intake.IsSound) return null;
        switch (type)
        {
            case "welcome":
                return new ServerMessage.Welcome((int)intake.Whole(json, MemberName.Protocol, 0, int.MaxValue), intake.Id(json, MemberName.UserId), intake.Milliseconds(json, MemberName.HeartbeatMs), (int)intake.Whole(json, MemberName.MaxTransactionBytes, 0, int.MaxValue), IsOtherHistory(json, intake));
            case "compare":
                return new ServerMessage.Compare(Sub(json, intake), DigestJson.Path(json.Get(MemberName.Path), intake), DigestJson.ReadBuckets(json, intake));
            case "part":
                return new ServerMessage.Part(Sub(json, intake), RecordJson.ReadMap(json.Get(MemberName.Records), intake));
            case "checkpoint":
                return new ServerMessage.Checkpoint(
                    intake.OptionalToken(json),
                    RecordJson.ReadMap(json.Get(MemberName.Records), intake),
                    intake.List(json, MemberName.Subs, ReadDelta),
                    intake.List(json, MemberName.Receipts, ReceiptJson.ReadDelivery));
            case "retry":
                return new ServerMessage.Retry(intake.Whole(json, MemberName.Seq, least: 1), intake.Text(json, MemberName.Code), intake.Milliseconds(json, MemberName.RetryAfterMs), intake.OptionalId(json, MemberName.ClientId));
            case "error":
                return new ServerMessage.Error(intake.Text(json, MemberName.Code), intake.Text(json, MemberName.Message), new SubscriptionId(intake.OptionalWhole(json, MemberName.Sub, 0)));
            case "ping":
                return ServerMessage.Ping.Instance;
            case "drain":
                return new ServerMessage.Drain(intake.Milliseconds(json, MemberName.RetryAfterMs));
            default:
                intake.Refuse(ErrorCodes.UnknownMessage, $"'{Intake.Shown(type)}' is no message of a server; known are welcome, compare, part, checkpoint, retry, error, ping and drain.");
                return null;
        }
    }

    private static void Milliseconds(FrameWriter to, TimeSpan span) => to.Number(Math.Clamp((long)Math.Ceiling(span.TotalMilliseconds), 0, int.MaxValue));

    private static void WriteDelta(FrameWriter to, SubscriptionDelta delta)
    {
        to.Raw("{\"sub\":"u8);
        to.Number(delta.Sub.Value);
        to.Raw(",\"in\":"u8);
        to.List(delta.In.AsSpan(), static (w, id) => w.Text(id));
        to.Raw(",\"out\":"u8);
        to.List(delta.Out.AsSpan(), static (w, id) => w.Text(id));
        if (delta.IsLoaded) to.Raw(",\"loaded\":true"u8);
        if (delta.IsKept) to.Raw(",\"kept\":true"u8);
        if (delta.Digest is { } digest)
        {
            to.Raw(","u8);
            DigestJson.WriteMembers(to, digest);
        }
        to.Raw("}"u8);
    }

    private static SubscriptionDelta ReadDelta(CanonicalJson json, Intake intake) => new(
        Sub(json, intake),
        intake.List(json, MemberName.In, ReadId, JsonKind.String),
        intake.List(json, MemberName.Out, ReadId, JsonKind.String),
        intake.Flag(json, MemberName.Loaded),
        intake.Flag(json, MemberName.Kept),
        DigestJson.ReadMembers(json, intake));

    private static bool IsOtherHistory(CanonicalJson json, Intake intake)
    {
        var history = intake.OptionalText(json, MemberName.History);
        if (history is not (null or "other")) intake.Refuse(ErrorCodes.BadMessage, "'history' must be \"other\" or not there.");
        return history is not null;
    }

    private static string ReadId(CanonicalJson json, Intake intake)
    {
        var id = json.AsString()!;
        intake.Refuse(IdRule.Check(id));
        return id;
    }

    private static SubscriptionId Sub(CanonicalJson json, Intake intake) => new(intake.Whole(json, MemberName.Sub, least: 1));
}
