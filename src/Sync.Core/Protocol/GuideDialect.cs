using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Sync;

/// <summary>
/// The small dialect of the guide's own socket client: it subscribes to single records and hears their versions, then reads them over HTTP.
/// A connection whose first message is not <c>hello</c> speaks it.
/// </summary>
internal static class GuideDialect
{
    /// <summary>Reads <c>{"type":"subscribe"|"unsubscribe","key":"table:id"}</c>. The table ends at the first colon; an id may hold more of them.</summary>
    public static bool TryRead(ReadOnlySpan<byte> frame, out GuideRequest request, [NotNullWhen(false)] out JsonFault? fault)
    {
        request = default;
        if (!CanonicalJson.TryParse(frame, out var json, out fault)) return false;

        var intake = new Intake();
        request = Read(json, intake);
        fault = intake.Fault;
        return intake.IsSound;
    }

    /// <summary>Writes <c>{"type":"updates","updates":[{"key":"table:id","version":n}]}</c>.</summary>
    public static void WriteUpdates(IBufferWriter<byte> to, ReadOnlySpan<(RecordKey Key, long Version)> updates)
    {
        var frame = new FrameWriter(to);
        frame.Raw("{\"type\":\"updates\",\"updates\":"u8);
        frame.List(updates, static (w, update) =>
        {
            w.Raw("{\"key\":"u8);
            w.Text($"{update.Key.Table}:{update.Key.Id}");
            w.Raw(",\"version\":"u8);
            w.Number(update.Version);
            w.Raw("}"u8);
        });
        frame.Raw("}"u8);
    }

    private static GuideRequest Read(CanonicalJson json, Intake intake)
    {
        if (json.Kind != JsonKind.Object) intake.Expected("A message", "a JSON object", json, ErrorCodes.BadJson);
        var type = intake.Text(json, MemberName.Type);
        if (intake.IsSound && type is not ("subscribe" or "unsubscribe"))
            intake.Refuse(ErrorCodes.UnknownMessage, $"'{Intake.Shown(type)}' is no message here; known are hello (as the first one), subscribe and unsubscribe.");

        var key = intake.Text(json, MemberName.Key);
        var colon = key.IndexOf(':');
        if (colon < 0) intake.Refuse(ErrorCodes.BadMessage, "'key' must be a table and an id with a colon between them.");
        if (!intake.IsSound) return default;

        intake.Refuse(IdRule.Check(key[(colon + 1)..]));
        return new GuideRequest(type == "subscribe", new RecordKey(key[..colon], key[(colon + 1)..]));
    }
}

/// <summary>What a client of the guide asks: to hear of one record, or to hear of it no longer.</summary>
internal readonly record struct GuideRequest(bool IsSubscribe, RecordKey Key);
