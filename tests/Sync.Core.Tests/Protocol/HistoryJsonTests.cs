using System.Buffers;
using System.Text;

namespace Sync.Core.Tests;

public sealed class HistoryJsonTests
{
    private static readonly RecordKey Task1 = new("tasks", "task-1");

    [Test]
    public void A_page_is_read_as_it_was_written()
    {
        var page = new HistoryPage(
            [
                new HistoryEntry
                {
                    AuthorId = "bob", TxId = "tx-2", Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero), Kind = HistoryKind.Changed,
                    Before = new Record(Task1, 1, CanonicalJson.Parse("""{"a":{"b.c":1}}""")),
                    After = new Record(Task1, 2, CanonicalJson.Parse("""{"a":{"b.c":null},"t":"é"}""")),
                    Fields = [new(FieldPath.Of("a", "b.c"), CanonicalJson.From(1), CanonicalJson.Null), new(FieldPath.Of("t"), default, CanonicalJson.From("é"))],
                    Operations = [.. SomeMessages.EveryOperation],
                },
                new HistoryEntry { AuthorId = "ann", TxId = "tx-1", Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero), Kind = HistoryKind.Restored },
            ],
            "cursor", IsTrimmed: true);

        var bytes = Written(page);
        Assert.That(ProtocolCodec.TryReadHistory(bytes, Task1, out var read, out var fault), Is.True, fault?.Message);
        Assert.That(Encoding.UTF8.GetString(Written(read!)), Is.EqualTo(Encoding.UTF8.GetString(bytes)));
        Assert.That(read!.Entries[0].Fields, Is.EqualTo(page.Entries[0].Fields));
    }

    [TestCase("""{"entries":{},"trimmed":false}""")]
    [TestCase("""{"entries":[{"authorId":"a","txId":"t","kind":"made","fields":[],"operations":[]}]}""")]
    [TestCase("""{"entries":[{"authorId":"a","txId":"t","kind":"created","fields":[],"operations":[],"after":{"id":"another","version":1}}]}""")]
    [TestCase("""[]""")]
    public void A_page_that_is_not_as_it_should_be_is_refused(string json) =>
        Assert.That(ProtocolCodec.TryReadHistory(Encoding.UTF8.GetBytes(json), Task1, out _, out _), Is.False);

    private static byte[] Written(HistoryPage page)
    {
        var to = new ArrayBufferWriter<byte>();
        ProtocolCodec.WriteHistory(to, page);
        return to.WrittenSpan.ToArray();
    }
}
