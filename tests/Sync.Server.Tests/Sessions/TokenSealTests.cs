namespace Sync.Server.Tests.Sessions;

[TestFixture]
public sealed class TokenSealTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];

    [Test]
    public void A_token_opens_to_the_place_that_it_was_sealed_for([Values(1, 2, 1_000_000, (1L << 48) - 1)] long revision)
    {
        using var seal = new TokenSeal(Key);
        var token = seal.Seal(new Revision(revision), 0xfeed_beef, salt: 9);
        Assert.That(token.Value, Has.Length.EqualTo(22));
        Assert.That(seal.TryOpen(token, out var opened, out var mark));
        Assert.That((opened.Value, mark), Is.EqualTo((revision, 0xfeed_beefUL)));
    }

    [Test]
    public void A_token_of_another_store_opens_to_a_place_that_is_not()
    {
        using var seal = new TokenSeal(Key);
        using var other = new TokenSeal(Key.Reverse().ToArray());
        var isOpened = other.TryOpen(seal.Seal(new Revision(5), 7, 0), out var revision, out var mark);
        Assert.That((isOpened, revision.Value, mark), Is.Not.EqualTo((true, 5L, 7UL)));
    }

    [Test]
    public void Two_tokens_of_one_place_are_not_alike()
    {
        using var seal = new TokenSeal(Key);
        var tokens = Enumerable.Range(0, 100).Select(salt => seal.Seal(new Revision(5), 7, (ulong)salt)).ToArray();
        Assert.That(tokens, Is.Unique);
        Assert.That(tokens.All(token => seal.TryOpen(token, out var revision, out var mark) && (revision.Value, mark) == (5L, 7UL)));
    }

    [Test]
    public void A_token_holds_as_much_of_a_mark_as_it_has_room_for()
    {
        using var seal = new TokenSeal(Key);
        Assert.That(seal.TryOpen(seal.Seal(new Revision(5), ulong.MaxValue, ulong.MaxValue), out var revision, out var mark));
        Assert.That((revision.Value, mark), Is.EqualTo((5L, TokenSeal.Kept(ulong.MaxValue))));
        Assert.That(TokenSeal.Kept(ulong.MaxValue), Is.GreaterThanOrEqualTo(1UL << 39));
    }

    [TestCase("")]
    [TestCase("abc")]
    [TestCase("!!!!!!!!!!!!!!!!!!!!!!")]
    [TestCase("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    public void What_is_no_token_does_not_open(string text)
    {
        using var seal = new TokenSeal(Key);
        Assert.That(seal.TryOpen(new Token(text), out _, out _), Is.False);
    }
}
