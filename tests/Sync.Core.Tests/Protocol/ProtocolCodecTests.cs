using System.Text;

namespace Sync.Core.Tests;

/// <summary>What is taken in, and as what, beyond the round trip.</summary>
public sealed class ProtocolCodecTests
{
    [Test]
    public void A_transaction_of_the_guides_client_is_taken_in()
    {
        var transaction = ReadTransaction("""
            {"txId":"11111111-1111-4111-8111-111111111111","authorId":"alice","clientTimestamp":1700000000000,
             "operations":[{"value":"done","key":"status","id":"task-1","table":"tasks","type":"set"}]}
            """);

        Assert.That(transaction.AuthorId, Is.EqualTo("alice"));
        Assert.That(transaction.ClientTimestamp, Is.EqualTo(1_700_000_000_000));
        Assert.That(transaction.Operations, Is.EqualTo(new Operation[] { new Operation.Set(Some.Key, FieldPath.Of("status"), Some.Json("\"done\"")) }));
    }

    [Test]
    public void The_author_and_the_timestamp_may_be_missing()
    {
        var transaction = ReadTransaction("""{"txId":"x","operations":[]}""");

        Assert.That(transaction.AuthorId, Is.Null);
        Assert.That(transaction.ClientTimestamp, Is.Zero);
        Assert.That(transaction.BaseVersions, Is.Empty);
    }

    [TestCase("1.5", 1)]
    [TestCase("-5", -5)]
    [TestCase("1e308", 253402300799999)]
    [TestCase("-1e308", -62135596800000)]
    [TestCase("9223372036854775807", 253402300799999)]
    public void A_timestamp_is_clamped_and_never_refused(string timestamp, long expected) =>
        Assert.That(ReadTransaction($$"""{"txId":"x","operations":[],"clientTimestamp":{{timestamp}}}""").ClientTimestamp, Is.EqualTo(expected));

    [Test]
    public void A_key_may_be_a_list_of_segments() =>
        Assert.That(((Operation.Unset)Frames.ReadOperation("""{"type":"unset","table":"t","id":"i","key":["a.b","c"]}""")).Path, Is.EqualTo(FieldPath.Of("a.b", "c")));

    [Test]
    public void A_field_named_version_deeper_down_may_be_written() =>
        Assert.That(((Operation.Unset)Frames.ReadOperation("""{"type":"unset","table":"t","id":"i","key":"app.version"}""")).Path, Is.EqualTo(FieldPath.Of("app", "version")));

    [Test]
    public void A_null_value_is_a_value() =>
        Assert.That(((Operation.Set)Frames.ReadOperation("""{"type":"set","table":"t","id":"i","key":"a","value":null}""")).Value, Is.EqualTo(CanonicalJson.Null));

    [TestCase("""{"id":"task-1","title":"x","version":9}""", """{"title":"x"}""")]
    [TestCase("""{"a":1,"id":"task-1","k":2,"version":9,"z":3}""", """{"a":1,"k":2,"z":3}""")]
    [TestCase("""{"id":"task-1","version":9}""", "{}")]
    [TestCase("""{"version":9}""", "{}")]
    [TestCase("{}", "{}")]
    public void A_created_value_may_repeat_its_id_and_a_version_which_are_dropped(string value, string fields)
    {
        var create = (Operation.Create)Frames.ReadOperation($$"""{"type":"create","table":"tasks","id":"task-1","value":{{value}}}""");

        Assert.That(create.Value.ToString(), Is.EqualTo(fields));
    }

    [Test]
    public void A_record_does_not_keep_the_frame_alive_that_it_came_in()
    {
        var frame = CanonicalJson.Parse("""{"id":"task-1","title":"x","version":9}""");
        Assert.That(ProtocolCodec.TryReadRecord("tasks", frame, out var record, out _), Is.True);

        System.Runtime.InteropServices.MemoryMarshal.TryGetArray(record!.Fields.Utf8, out var array);
        Assert.That(array.Array, Has.Length.EqualTo(record.Fields.Utf8.Length));
    }

    [Test]
    public void A_record_is_written_from_its_stored_bytes()
    {
        var record = new Record(new("tasks", "a\"b"), 3, Some.Json("""{"title":"x","a":[1]}"""));

        Assert.That(Encoding.UTF8.GetString(Frames.Written(to => ProtocolCodec.WriteRecord(to, record))), Is.EqualTo("""{"id":"a\"b","version":3,"a":[1],"title":"x"}"""));
    }

    [Test]
    public void A_record_map_names_each_table_once()
    {
        var records = new RecordMap([new(new("b", "1"), 1, CanonicalJson.EmptyObject), new(new("a", "2"), 1, CanonicalJson.EmptyObject), new(new("a", "1"), 2, Some.Json("{\"x\":1}"))]);

        Assert.That(Encoding.UTF8.GetString(Frames.Written(to => ProtocolCodec.WriteRecordMap(to, records))),
            Is.EqualTo("""{"a":{"1":{"id":"1","version":2,"x":1},"2":{"id":"2","version":1}},"b":{"1":{"id":"1","version":1}}}"""));
        Assert.That(Encoding.UTF8.GetString(Frames.Written(to => ProtocolCodec.WriteRecordMap(to, []))), Is.EqualTo("{}"));
    }

    [Test]
    public void Records_of_a_message_need_no_order_but_stand_in_it_once()
    {
        Record[] records = [new(new("b", "1"), 1, CanonicalJson.EmptyObject), new(new("a", "2"), 1, CanonicalJson.EmptyObject), new(new("b", "0"), 2, CanonicalJson.EmptyObject)];
        var read = (ServerMessage.Part)Frames.ReadServer(Frames.Of(new ServerMessage.Part(new(1), [.. records])));

        Assert.That(read.Records.Select(r => r.Key), Is.EquivalentTo(records.Select(r => r.Key)));
        Assert.That(() => Frames.Of(new ServerMessage.Part(new(1), [records[0], records[1], records[0]])), Throws.ArgumentException);
    }

    [Test]
    public void A_tombstone_never_travels() =>
        Assert.That(() => Frames.Of(new ServerMessage.Part(new(1), [Some.Record("{}", isDeleted: true)])), Throws.ArgumentException);

    [Test]
    public void Text_that_no_peer_would_take_in_is_mended_when_it_is_written()
    {
        var error = (ServerMessage.Error)Frames.ReadServer(Frames.Of(new ServerMessage.Error("app_code", "half \ud800, nul \0, tab \t, \u001f, 😀")));

        Assert.That(error.Message, Is.EqualTo("half \ufffd, nul \ufffd, tab \t, \u001f, 😀"));
    }

    [Test]
    public void A_receipt_is_kept_as_JSON_and_comes_back()
    {
        foreach (var receipt in new[] { SomeMessages.Accepted, SomeMessages.Rejected })
        {
            Assert.That(ProtocolCodec.TryReadReceipt(ProtocolCodec.ToJson(receipt), out var read, out _), Is.True);
            Assert.That(Shape.Of(read), Is.EqualTo(Shape.Of(receipt)));
        }
    }

    [Test]
    public void A_missing_list_in_a_message_of_a_server_is_empty()
    {
        var checkpoint = (ServerMessage.Checkpoint)Frames.ReadServer("""{"type":"checkpoint"}"""u8.ToArray());

        Assert.That((checkpoint.Records.Length, checkpoint.Subscriptions.Length, checkpoint.Receipts.Length, checkpoint.Token.IsNone), Is.EqualTo((0, 0, 0, true)));
    }

    [Test]
    public void A_missing_array_is_written_as_an_empty_one()
    {
        var frame = Frames.Of(new ServerMessage.Checkpoint(Token.None, default, [new(new(1), default, default)], default));

        Assert.That(Shape.Of(Frames.ReadServer(frame)), Is.EqualTo(Shape.Of(new ServerMessage.Checkpoint(Token.None, [], [new(new(1), [], [])], []))));
    }

    [Test]
    public void A_delay_is_never_rounded_down_to_nothing() =>
        Assert.That(((ServerMessage.Drain)Frames.ReadServer(Frames.Of(new ServerMessage.Drain(TimeSpan.FromTicks(1))))).RetryAfter, Is.EqualTo(TimeSpan.FromMilliseconds(1)));

    private static Transaction ReadTransaction(string body) =>
        ProtocolCodec.TryReadTransaction(Encoding.UTF8.GetBytes(body), out var transaction, out var fault) ? transaction : throw new AssertionException($"{fault.Code}: {fault.Message}");
}
