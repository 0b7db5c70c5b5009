namespace Sync;

/// <summary>A receipt as JSON, its members in canonical order; on its way to its author with the keys that it brings and takes.</summary>
internal static class ReceiptJson
{
    public static void Write(FrameWriter to, Receipt receipt, ReceiptDelivery? delivery = null)
    {
        to.Raw(receipt.IsAccepted ? "{\"accepted\":true,\"authorId\":"u8 : "{\"accepted\":false,\"authorId\":"u8);
        to.Text(receipt.AuthorId);
        if (receipt.Code is { } code)
        {
            to.Raw(",\"code\":"u8);
            to.Text(code);
        }
        if (!receipt.FailedConditions.IsDefaultOrEmpty)
        {
            to.Raw(",\"failedConditions\":"u8);
            to.List(receipt.FailedConditions.AsSpan(), static (w, index) => w.Number(index));
        }
        if (delivery is not null)
        {
            to.Raw(",\"gone\":"u8);
            to.List(delivery.Gone.AsSpan(), WriteKey);
            to.Raw(",\"held\":"u8);
            to.List(delivery.Held.AsSpan(), WriteKey);
        }
        if (receipt.Message is { } message)
        {
            to.Raw(",\"message\":"u8);
            to.Text(message);
        }
        if (receipt.Now != default)
        {
            to.Raw(",\"now\":"u8);
            to.Raw(CanonicalJson.From(receipt.Now));
        }
        if (delivery is not null)
        {
            to.Raw(",\"seq\":"u8);
            to.Number(delivery.Seq);
        }
        if (receipt.Status != 200)
        {
            to.Raw(",\"status\":"u8);
            to.Number(receipt.Status);
        }
        to.Raw(",\"txId\":"u8);
        to.Text(receipt.TxId);
        if (!receipt.Versions.IsDefaultOrEmpty)
        {
            to.Raw(",\"versions\":"u8);
            to.List(receipt.Versions.AsSpan(), WriteStep);
        }
        to.Raw("}"u8);
    }

    public static Receipt Read(CanonicalJson json, Intake intake)
    {
        if (json.Get(MemberName.Accepted).AsBoolean() is null) intake.Expected("'accepted'", "true or false", json.Get(MemberName.Accepted));
        return new Receipt
        {
            TxId = intake.Id(json, MemberName.TxId),
            AuthorId = intake.Id(json, MemberName.AuthorId),
            IsAccepted = intake.Flag(json, MemberName.Accepted),
            Now = intake.OptionalInstant(json, MemberName.Now),
            Versions = intake.List(json, MemberName.Versions, static (step, taking) => new VersionStep(taking.Key(step), taking.Whole(step, MemberName.Before), taking.Whole(step, MemberName.After))),
            FailedConditions = intake.List(json, MemberName.FailedConditions, ReadIndex, JsonKind.Number),
            Code = intake.OptionalText(json, MemberName.Code),
            Message = intake.OptionalText(json, MemberName.Message),
            Status = (int)intake.OptionalWhole(json, MemberName.Status, otherwise: 200, most: 599),
        };
    }

    public static ReceiptDelivery ReadDelivery(CanonicalJson json, Intake intake) => new(
        intake.Whole(json, MemberName.Seq, least: 1),
        Read(json, intake),
        intake.List(json, MemberName.Held, static (key, taking) => taking.Key(key)),
        intake.List(json, MemberName.Gone, static (key, taking) => taking.Key(key)));

    private static void WriteKey(FrameWriter to, RecordKey key)
    {
        to.Raw("{\"id\":"u8);
        to.Text(key.Id);
        to.Raw(",\"table\":"u8);
        to.Text(key.Table);
        to.Raw("}"u8);
    }

    private static void WriteStep(FrameWriter to, VersionStep step)
    {
        to.Raw("{\"after\":"u8);
        to.Number(step.After);
        to.Raw(",\"before\":"u8);
        to.Number(step.Before);
        to.Raw(",\"id\":"u8);
        to.Text(step.Key.Id);
        to.Raw(",\"table\":"u8);
        to.Text(step.Key.Table);
        to.Raw("}"u8);
    }

    private static int ReadIndex(CanonicalJson json, Intake intake)
    {
        if (json.AsInt64() is >= 0 and <= int.MaxValue and var index) return (int)index;
        intake.Refuse(ErrorCodes.BadMessage, "It must be the index of an operation.");
        return 0;
    }
}
