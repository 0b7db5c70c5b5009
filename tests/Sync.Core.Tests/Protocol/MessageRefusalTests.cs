using System.Text;

namespace Sync.Core.Tests;

/// <summary>What the wire refuses, each with its code. Every case is a whole frame that would be taken in but for one thing.</summary>
public sealed class MessageRefusalTests
{
    private const string Set = """{"type":"set","table":"tasks","id":"t","key":"title","value":1}""";

    [TestCase("", ErrorCodes.BadJson)]
    [TestCase("{", ErrorCodes.BadJson)]
    [TestCase("not json", ErrorCodes.BadJson)]
    [TestCase("42", ErrorCodes.BadJson)]
    [TestCase("[]", ErrorCodes.BadJson)]
    [TestCase("null", ErrorCodes.BadJson)]
    [TestCase("""{"type":"ping"} {}""", ErrorCodes.BadJson)]
    [TestCase("""{"type":"ping","x":NaN}""", ErrorCodes.BadJson)]
    [TestCase("""{"type":"ping","x":1,}""", ErrorCodes.BadJson)]
    [TestCase("""{"type":"ping"/* no comments */}""", ErrorCodes.BadJson)]
    [TestCase("""{"type":"ping","x":1e400}""", ErrorCodes.NumberRange)]
    [TestCase("""{"type":"ping","x":1e200000}""", ErrorCodes.NumberRange)]
    [TestCase("""{"type":"ping","type":"hello"}""", ErrorCodes.DuplicateKey)]
    [TestCase("""{"type":"ping","\u0074ype":"hello"}""", ErrorCodes.DuplicateKey)]
    [TestCase("""{"type":"ping","x":"\ud800"}""", ErrorCodes.BadUnicode)]
    [TestCase("""{"type":"ping","x":{"\udc00":1}}""", ErrorCodes.BadUnicode)]
    [TestCase("""{"type":"ping","x":"a\u0000b"}""", ErrorCodes.BadUnicode)]
    public void What_could_not_be_read_everywhere(string frame, string code) => Assert.That(Frames.RefusedOfClient(frame).Code, Is.EqualTo(code));

    [TestCase("{}", ErrorCodes.BadMessage)]
    [TestCase("""{"type":1}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"shout"}""", ErrorCodes.UnknownMessage)]
    [TestCase("""{"type":"checkpoint","records":{}}""", ErrorCodes.UnknownMessage)]
    [TestCase("""{"type":"hello","clientId":"c"}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"hello","protocol":"1","clientId":"c"}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"hello","protocol":1.5,"clientId":"c"}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"hello","protocol":-1,"clientId":"c"}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"hello","protocol":3000000000,"clientId":"c"}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"hello","protocol":1}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"hello","protocol":1,"clientId":""}""", ErrorCodes.IdEmpty)]
    [TestCase("""{"type":"unsubscribe"}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"unsubscribe","sub":0}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"unsubscribe","sub":99999999999999999999}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"subscribe","sub":1}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"subscribe","sub":1,"query":{"table":"t"},"token":5}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"subscribe","sub":1,"query":{"table":"t"},"count":-1}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"subscribe","sub":1,"query":{"table":"t"},"count":1}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"subscribe","sub":1,"query":{"table":"t"},"digest":"AAAAAAAAAAAAAAAAAAAAAA"}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"subscribe","sub":1,"query":{"table":"t"},"count":1,"digest":"AAAAAAAAAAAAAAAAAAAAA"}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"subscribe","sub":1,"query":{"table":"t"},"count":1,"digest":"AAAAAAAAAAAAAAAAAAAAA+"}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"subscribe","sub":1,"query":{"table":"t"},"count":1,"digest":"AAAAAAAAAAAAAAAAAAAAAB"}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"hello","protocol":1,"clientId":"c","token":7}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"hello","protocol":1,"clientId":"c","accept":[1]}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"inventory"}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"inventory","sub":1,"buckets":[{"entries":[]}]}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"inventory","sub":1,"buckets":[{"path":"+","entries":[]}]}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"inventory","sub":1,"buckets":[{"path":"AAAAAAAAAAA","entries":[]}]}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"inventory","sub":1,"buckets":[{"path":"A","entries":[{"id":"","version":1,"hash":"AAAAAAAAAAAAAAAAAAAAAA"}]}]}""", ErrorCodes.IdEmpty)]
    [TestCase("""{"type":"inventory","sub":1,"buckets":[{"path":"A","entries":[{"id":"a","version":0,"hash":"AAAAAAAAAAAAAAAAAAAAAA"}]}]}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"inventory","sub":1,"buckets":[{"path":"A","entries":[{"id":"a","version":1}]}]}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"inventory","sub":1,"deeper":[1]}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"push","transactions":[],"clientId":""}""", ErrorCodes.IdEmpty)]
    [TestCase("""{"type":"push"}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"push","transactions":{}}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"push","transactions":[7]}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"push","transactions":[{"txId":"x","operations":[]}]}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"push","transactions":[{"txId":"x","seq":0,"operations":[]}]}""", ErrorCodes.BadMessage)]
    public void A_message_that_is_not_as_it_should_be(string frame, string code) => Assert.That(Frames.RefusedOfClient(frame).Code, Is.EqualTo(code));

    [TestCase("""{"operations":[]}""", ErrorCodes.BadMessage)]
    [TestCase("""{"txId":null,"operations":[]}""", ErrorCodes.BadMessage)]
    [TestCase("""{"txId":"","operations":[]}""", ErrorCodes.IdEmpty)]
    [TestCase("""{"txId":"a\nb","operations":[]}""", ErrorCodes.BadId)]
    [TestCase("""{"txId":"x"}""", ErrorCodes.BadMessage)]
    [TestCase("""{"txId":"x","operations":null}""", ErrorCodes.BadMessage)]
    [TestCase("""{"txId":"x","operations":[[]]}""", ErrorCodes.BadMessage)]
    [TestCase("""{"txId":"x","operations":[null]}""", ErrorCodes.BadMessage)]
    [TestCase("""{"txId":"x","authorId":"","operations":[]}""", ErrorCodes.IdEmpty)]
    [TestCase("""{"txId":"x","authorId":7,"operations":[]}""", ErrorCodes.BadMessage)]
    [TestCase("""{"txId":"x","clientTimestamp":"now","operations":[]}""", ErrorCodes.BadMessage)]
    [TestCase("""{"txId":"x","operations":[],"baseVersions":[]}""", ErrorCodes.BadMessage)]
    [TestCase("""{"txId":"x","operations":[],"baseVersions":{"tasks":1}}""", ErrorCodes.BadMessage)]
    [TestCase("""{"txId":"x","operations":[],"baseVersions":{"tasks":{"t":-1}}}""", ErrorCodes.BadMessage)]
    [TestCase("""{"txId":"x","operations":[],"baseVersions":{"tasks":{"t":null}}}""", ErrorCodes.BadMessage)]
    [TestCase("""{"txId":"x","operations":[],"baseVersions":{"tasks":{"t":1.5}}}""", ErrorCodes.BadMessage)]
    [TestCase("""{"txId":"x","operations":[],"baseVersions":{"tasks":{"t":9223372036854775808}}}""", ErrorCodes.BadMessage)]
    [TestCase("""{"txId":"x","operations":[],"baseVersions":{"tasks":{"":1}}}""", ErrorCodes.IdEmpty)]
    public void A_transaction_that_is_not_as_it_should_be(string body, string code)
    {
        Assert.That(ProtocolCodec.TryReadTransaction(CanonicalJson.Parse(body), out _, out var fault), Is.False);
        Assert.That(fault!.Code, Is.EqualTo(code));
    }

    [TestCase("""{"table":"tasks","id":"t"}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"increment","table":"tasks","id":"t"}""", ErrorCodes.UnknownOperation)]
    [TestCase("""{"type":"SET","table":"tasks","id":"t","key":"a","value":1}""", ErrorCodes.UnknownOperation)]
    [TestCase("""{"type":"set","id":"t","key":"a","value":1}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"set","table":7,"id":"t","key":"a","value":1}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"set","table":"tasks","key":"a","value":1}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"set","table":"tasks","id":7,"key":"a","value":1}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"set","table":"tasks","id":"","key":"a","value":1}""", ErrorCodes.IdEmpty)]
    [TestCase("""{"type":"set","table":"tasks","id":"a\r\nINFO all is well","key":"a","value":1}""", ErrorCodes.BadId)]
    [TestCase("""{"type":"set","table":"tasks","id":"a\u0085b","key":"a","value":1}""", ErrorCodes.BadId)]
    [TestCase("""{"type":"set","table":"tasks","id":"t","value":1}""", ErrorCodes.BadPath)]
    [TestCase("""{"type":"set","table":"tasks","id":"t","key":null,"value":1}""", ErrorCodes.BadPath)]
    [TestCase("""{"type":"set","table":"tasks","id":"t","key":"","value":1}""", ErrorCodes.BadPath)]
    [TestCase("""{"type":"set","table":"tasks","id":"t","key":".a","value":1}""", ErrorCodes.BadPath)]
    [TestCase("""{"type":"set","table":"tasks","id":"t","key":"constructor.prototype.x","value":1}""", ErrorCodes.ReservedName)]
    [TestCase("""{"type":"set","table":"tasks","id":"t","key":"id","value":"u"}""", ErrorCodes.ReservedField)]
    [TestCase("""{"type":"set","table":"tasks","id":"t","key":"version","value":2}""", ErrorCodes.ReservedField)]
    [TestCase("""{"type":"set","table":"tasks","id":"t","key":["version"],"value":2}""", ErrorCodes.ReservedField)]
    [TestCase("""{"type":"unset","table":"tasks","id":"t","key":"version"}""", ErrorCodes.ReservedField)]
    [TestCase("""{"type":"set-now","table":"tasks","id":"t","key":"id"}""", ErrorCodes.ReservedField)]
    [TestCase("""{"type":"listInsert","table":"tasks","id":"t","key":"version","value":1,"position":"append"}""", ErrorCodes.ReservedField)]
    [TestCase("""{"type":"listRemove","table":"tasks","id":"t","key":"version.x","value":1}""", ErrorCodes.ReservedField)]
    [TestCase("""{"type":"set","table":"tasks","id":"t","key":"a"}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"listRemove","table":"tasks","id":"t","key":"a"}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"listInsert","table":"tasks","id":"t","key":"a","value":1}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"listInsert","table":"tasks","id":"t","key":"a","value":1,"position":"middle"}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"listInsert","table":"tasks","id":"t","key":"a","value":1,"position":{"before":1,"after":2}}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"create","table":"tasks","id":"t"}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"create","table":"tasks","id":"t","value":[1]}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"create","table":"tasks","id":"t","value":{"id":"u"}}""", ErrorCodes.ReservedField)]
    [TestCase("""{"type":"create","table":"tasks","id":"t","value":{"__proto__":1}}""", ErrorCodes.ReservedName)]
    [TestCase("""{"type":"create","table":"tasks","id":"t","value":{"":1}}""", ErrorCodes.BadPath)]
    [TestCase("""{"type":"create","table":"tasks","id":"t","value":{},"if":{"absent":true}}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"set-now","table":"tasks","id":"t","key":"a","if":{"absent":true}}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"restore","table":"tasks","id":"t","if":{"version":1}}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"listInsert","table":"tasks","id":"t","key":"a","value":1,"position":"append","if":{"version":1}}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"listRemove","table":"tasks","id":"t","key":"a","value":1,"if":{"version":1}}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"delete","table":"tasks","id":"t","if":null}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"delete","table":"tasks","id":"t","if":{}}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"delete","table":"tasks","id":"t","if":{"absent":false}}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"delete","table":"tasks","id":"t","if":{"value":1,"version":1}}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"delete","table":"tasks","id":"t","if":{"version":-1}}""", ErrorCodes.BadMessage)]
    public void An_operation_that_is_not_as_it_should_be(string operation, string code)
    {
        Assert.That(ProtocolCodec.TryReadOperation(CanonicalJson.Parse(operation), out _, out var fault), Is.False);
        Assert.That(fault!.Code, Is.EqualTo(code));
    }

    [TestCase("""{"where":[]}""", ErrorCodes.BadMessage)]
    [TestCase("""{"table":"t","where":{}}""", ErrorCodes.BadMessage)]
    [TestCase("""{"table":"t","where":[{"field":"a","value":1}]}""", ErrorCodes.BadMessage)]
    [TestCase("""{"table":"t","where":[{"field":"a","op":"like","value":1}]}""", ErrorCodes.BadQuery)]
    [TestCase("""{"table":"t","where":[{"field":"a","op":"eq"}]}""", ErrorCodes.BadQuery)]
    [TestCase("""{"table":"t","where":[{"field":"a","op":"in","value":"x"}]}""", ErrorCodes.BadQuery)]
    [TestCase("""{"table":"t","where":[{"field":"a","op":"lt","value":[]}]}""", ErrorCodes.BadQuery)]
    [TestCase("""{"table":"t","where":[{"field":"a","op":"gte","value":{}}]}""", ErrorCodes.BadQuery)]
    [TestCase("""{"table":"t","where":[{"field":"version","op":"eq","value":1}]}""", ErrorCodes.BadQuery)]
    [TestCase("""{"table":"t","where":[{"op":"eq","value":1}]}""", ErrorCodes.BadPath)]
    [TestCase("""{"table":"t","where":[{"field":"a..b","op":"eq","value":1}]}""", ErrorCodes.BadPath)]
    [TestCase("""{"table":"t","where":[{"field":"__proto__","op":"eq","value":1}]}""", ErrorCodes.ReservedName)]
    [TestCase("""{"table":"t","orderBy":[{"field":"version"}]}""", ErrorCodes.BadQuery)]
    [TestCase("""{"table":"t","orderBy":["a"]}""", ErrorCodes.BadMessage)]
    [TestCase("""{"table":"t","orderBy":[{"field":"a","descending":1}]}""", ErrorCodes.BadMessage)]
    [TestCase("""{"table":"t","limit":0}""", ErrorCodes.BadMessage)]
    [TestCase("""{"table":"t","limit":-1}""", ErrorCodes.BadMessage)]
    [TestCase("""{"table":"t","limit":1.5}""", ErrorCodes.BadMessage)]
    public void A_query_that_is_not_as_it_should_be(string query, string code)
    {
        Assert.That(ProtocolCodec.TryReadQuery(CanonicalJson.Parse(query), out _, out var fault), Is.False);
        Assert.That(fault!.Code, Is.EqualTo(code));
    }

    [TestCase("""{"type":"push","transactions":[]}""", ErrorCodes.UnknownMessage)]
    [TestCase("""{"type":"welcome","protocol":1,"userId":"a","heartbeatMs":-1,"maxTransactionBytes":1}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"welcome","protocol":1,"userId":"a","heartbeatMs":1e300,"maxTransactionBytes":1}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"welcome","protocol":1,"userId":"a","heartbeatMs":1,"maxTransactionBytes":1,"history":"strange"}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"compare","sub":1}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"compare","sub":1,"path":"A","counts":[1],"digests":["AAAAAAAAAAAAAAAAAAAAAA"]}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"compare","sub":1,"path":"A","counts":[0],"digests":[]}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"checkpoint","records":{},"subs":[{"sub":1,"count":1}]}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"part","sub":1,"records":[]}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"part","sub":1,"records":{"tasks":[]}}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"part","sub":1,"records":{"tasks":{"a":7}}}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"part","sub":1,"records":{"tasks":{"a":{"id":"b","version":1}}}}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"part","sub":1,"records":{"tasks":{"a":{"id":"a"}}}}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"part","sub":1,"records":{"tasks":{"a":{"id":"a","version":0}}}}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"part","sub":1,"records":{"tasks":{"":{"id":"","version":1}}}}""", ErrorCodes.IdEmpty)]
    [TestCase("""{"type":"checkpoint","records":{},"subs":[{"sub":1,"in":[7]}]}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"checkpoint","records":{},"subs":[{"sub":1,"in":[""]}]}""", ErrorCodes.IdEmpty)]
    [TestCase("""{"type":"checkpoint","records":{},"receipts":[{"seq":1,"txId":"x","authorId":"a"}]}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"checkpoint","records":{},"receipts":[{"seq":1,"txId":"x","authorId":"a","accepted":true,"now":"yesterday"}]}""", ErrorCodes.BadMessage)]
    [TestCase("""{"type":"checkpoint","records":{},"receipts":[{"seq":1,"txId":"x","authorId":"a","accepted":true,"failedConditions":[-1]}]}""", ErrorCodes.BadMessage)]
    public void A_message_of_a_server_that_is_not_as_it_should_be(string frame, string code) => Assert.That(Frames.RefusedOfServer(frame).Code, Is.EqualTo(code));

    [Test]
    public void Bytes_that_are_no_UTF_8_are_bad_unicode()
    {
        byte[] frame = [.. "{\"type\":\"ping\",\"x\":\""u8, 0xED, 0xA0, 0x80, .. "\"}"u8];

        Assert.That(ProtocolCodec.TryReadClient(frame, out _, out var fault), Is.False);
        Assert.That(fault!.Code, Is.EqualTo(ErrorCodes.BadUnicode));
    }

    [Test]
    public void An_id_may_have_256_bytes_and_not_one_more()
    {
        var longest = new string('ü', 128);

        Assert.That(Frames.ReadOperation($$"""{"type":"restore","table":"tasks","id":"{{longest}}"}""").Key.Id, Is.EqualTo(longest));
        Assert.That(Frames.RefusedOfClient($$"""{"type":"hello","protocol":1,"clientId":"{{longest}}a"}""").Code, Is.EqualTo(ErrorCodes.IdTooLong));
    }

    [Test]
    public void A_value_may_nest_64_deep_in_a_record_and_not_deeper()
    {
        static string Push(int depth, string type) =>
            $$$"""{"type":"push","transactions":[{"seq":1,"txId":"x","operations":[{"type":"{{{type}}}","table":"tasks","id":"t","key":"a","value":{{{(type == "create" ? "{\"a\":" : "")}}}{{{new string('[', depth)}}}{{{new string(']', depth)}}}{{{(type == "create" ? "}" : "")}}}}]}]}""";

        Assert.That(ProtocolCodec.TryReadClient(Encoding.UTF8.GetBytes(Push(63, "create")), out _, out _), Is.True);
        Assert.That(Frames.RefusedOfClient(Push(64, "create")).Code, Is.EqualTo(ErrorCodes.TooDeep));
        Assert.That(Frames.RefusedOfClient(Push(70, "set")).Code, Is.EqualTo(ErrorCodes.TooDeep));
    }

    [Test]
    public void A_record_as_deep_as_may_be_fits_every_frame_that_carries_it()
    {
        var deep = CanonicalJson.Parse($"{{\"a\":{new string('[', 63)}{new string(']', 63)}}}");
        var record = new Record(Some.Key, 1, deep);

        var read = (ServerMessage.Checkpoint)Frames.ReadServer(Frames.Of(new ServerMessage.Checkpoint(Token.None, [record], [], [])));
        Assert.That(read.Records[0].Fields, Is.EqualTo(deep));
        Frames.ReadClient(Frames.Of(new ClientMessage.Push([new(1, new() { TxId = "x", Operations = [new Operation.Delete(Some.Key, new Condition.ValueIs(deep))] })])));
    }

    [Test]
    public void A_query_is_bounded()
    {
        static string Query(int conditions, int values, int sorts) => CanonicalJson.Parse(
            $$"""
            {"table":"t",
             "where":[{{string.Join(',', Enumerable.Range(1, conditions).Select(i => $$"""{"field":"f{{i}}","op":"in","value":[{{string.Join(',', Enumerable.Range(1, values))}}]}"""))}}],
             "orderBy":[{{string.Join(',', Enumerable.Range(1, sorts).Select(i => $$"""{"field":"s{{i}}"}"""))}}]}
            """).ToString();
        static string? CodeOf(string query) => ProtocolCodec.TryReadQuery(CanonicalJson.Parse(query), out _, out var fault) ? null : fault.Code;

        Assert.That(CodeOf(Query(20, 1000, 8)), Is.Null);
        Assert.That(CodeOf(Query(21, 1, 0)), Is.EqualTo(ErrorCodes.BadQuery));
        Assert.That(CodeOf(Query(1, 1001, 0)), Is.EqualTo(ErrorCodes.BadQuery));
        Assert.That(CodeOf(Query(1, 1, 9)), Is.EqualTo(ErrorCodes.BadQuery));
    }

    [Test]
    public void A_refusal_says_where_what_was_expected_and_what_came()
    {
        var fault = Frames.RefusedOfClient($$"""{"type":"push","transactions":[{"seq":1,"txId":"a","operations":[]},{"seq":2,"txId":"b","operations":[{{Set}},{"type":"set","table":"tasks","id":7,"key":"a","value":1}]}]}""");

        Assert.That(fault.Message, Is.EqualTo("transactions[1].operations[1]: 'id' must be a string, but a number came."));
    }

    [Test]
    public void Of_several_faults_the_first_is_told()
    {
        var fault = Frames.RefusedOfClient("""{"type":"hello","protocol":"one","clientId":7}""");

        Assert.That(fault.Message, Does.StartWith("'protocol' must be"));
    }

    [Test]
    public void A_refusal_names_what_it_does_not_know_in_plain_and_bounded_words()
    {
        var message = Frames.RefusedOfClient($$"""{"type":"{{new string('x', 5000)}}"}""").Message;
        Assert.That(message, Does.StartWith("'xxxx").And.Length.LessThan(200));
        Assert.That(Frames.RefusedOfClient("""{"type":"a\r\nINFO all is well"}""").Message, Does.StartWith("'a??INFO all is well' is no message of a client"));
    }

    [Test]
    public void A_refusal_holds_no_record_content()
    {
        var fault = Frames.RefusedOfClient("""{"type":"push","transactions":[{"seq":1,"txId":"x","operations":[{"type":"create","table":"tasks","id":"t","value":"the secret"}]}]}""");

        Assert.That(fault.Message, Does.Not.Contain("secret"));
    }
}
