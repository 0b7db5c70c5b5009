namespace Sync.Client.IndexedDb;

/// <summary>How each kind of thing is packed as a value. The script never looks into them but at the owner in front of a partition and of the writer's place.</summary>
internal static class StoredValues
{
    public static PackedWriter Pack(Record record) => new PackedWriter().Text(record.Table).Text(record.Id).Int64(record.Version).Json(record.Fields);

    public static PackedWriter Pack(StoredPartition partition) => new PackedWriter().Text(partition.Owner).Text(partition.ClientId).Int64(partition.Place).Int64(partition.LastSeq);

    public static PackedWriter Pack(StoredTransaction queued) =>
        new PackedWriter().Text(queued.Place.ClientId).Int64(queued.Place.Seq).Text(queued.Label).Json(ProtocolCodec.ToJson(queued.Transaction));

    public static PackedWriter Pack(StoredSubscription one) =>
        new PackedWriter().Json(one.Query.Key).Text(one.Token).Int32(one.IsFollowing ? 1 : 0).Int32(one.Records).Int64(one.LastUsed.UtcTicks);

    public static PackedWriter Pack(StoredRejection one) =>
        new PackedWriter().Json(ProtocolCodec.ToJson(one.Transaction)).Text(one.Label).Text(one.Code).Text(one.Message).Int32(one.Status).Int64(one.RejectedAt.UtcTicks);

    public static PackedWriter Pack(string clientId, StoredUndoStep step) => new PackedWriter().Text(clientId).Int64(step.Number).Json(step.Content);

    public static PackedWriter Pack(string stateName, string text) => new PackedWriter().Text(text).Text(stateName);

    public static Record ReadRecord(byte[] value)
    {
        var reader = new PackedReader(value);
        var key = new RecordKey(reader.Text(), reader.Text());
        return new Record(key, reader.Int64(), CanonicalJson.FromCanonicalBytes(reader.Bytes().ToArray()));
    }

    public static StoredPartition ReadPartition(byte[] value)
    {
        var reader = new PackedReader(value);
        var (owner, clientId) = (reader.Text(), reader.Text());
        return new StoredPartition(clientId, owner, reader.Int64(), reader.Int64());
    }

    public static StoredTransaction ReadQueued(byte[] value)
    {
        var reader = new PackedReader(value);
        var place = new QueuePlace(reader.Text(), reader.Int64());
        var label = reader.OptionalText();
        return new StoredTransaction(place, ReadTransaction(reader.Bytes()), label);
    }

    public static StoredSubscription ReadSubscription(byte[] value)
    {
        var reader = new PackedReader(value);
        return new StoredSubscription(ReadQuery(reader.Bytes()), reader.OptionalText(), reader.Int32() != 0, reader.Int32(), Time(reader.Int64()));
    }

    public static StoredRejection ReadRejection(byte[] value)
    {
        var reader = new PackedReader(value);
        return new StoredRejection(ReadTransaction(reader.Bytes()), reader.OptionalText(), reader.Text(), reader.Text(), reader.Int32(), Time(reader.Int64()));
    }

    public static (string ClientId, StoredUndoStep Step) ReadUndoStep(byte[] value)
    {
        var reader = new PackedReader(value);
        return (reader.Text(), new StoredUndoStep(reader.Int64(), CanonicalJson.FromCanonicalBytes(reader.Bytes().ToArray())));
    }

    public static (string Text, string Name) ReadState(byte[] value)
    {
        var reader = new PackedReader(value);
        return (reader.Text(), reader.Text());
    }

    private static DateTimeOffset Time(long ticks) => new(ticks, TimeSpan.Zero);

    private static Transaction ReadTransaction(ReadOnlySpan<byte> content) =>
        ProtocolCodec.TryReadTransaction(content, out var transaction, out var fault) ? transaction : throw new JsonFaultException(fault);

    private static Query ReadQuery(ReadOnlySpan<byte> content) =>
        CanonicalJson.TryParse(content, out var json, out var fault) && ProtocolCodec.TryReadQuery(json, out var query, out fault) ? query : throw new JsonFaultException(fault!);
}

/// <summary>The queue of one client.</summary>
/// <param name="Owner">Which loading of a storage took it last.</param>
/// <param name="Place">The order in which partitions were made.</param>
internal sealed record StoredPartition(string ClientId, string Owner, long Place, long LastSeq);
