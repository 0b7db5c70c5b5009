namespace Sync.Server;

/// <summary>Chooses the dialect of a session by its first message.</summary>
internal static class FirstMessage
{
    public static IDialect? Choose(Session session, SessionContext context, ReadOnlySpan<byte> frame)
    {
        if (!CanonicalJson.TryParse(frame, out var message, out var fault))
        {
            session.Reject(fault);
            return null;
        }
        switch (message["type"].AsString())
        {
            case "hello": return new CheckpointDialect(session, context);
            case "subscribe" or "unsubscribe" when message["key"].Kind == JsonKind.String: return new PointerDialect(session);
            case null: session.Reject(new JsonFault(ErrorCodes.BadMessage, "The first message must be an object with a type.")); return null;
            case var type: session.Reject(new JsonFault(ErrorCodes.UnknownMessage, $"A session cannot begin with a message of type '{Shorten(type)}'.")); return null;
        }
    }

    private static string Shorten(string type) => type.Length <= 40 ? type : type[..40];
}
