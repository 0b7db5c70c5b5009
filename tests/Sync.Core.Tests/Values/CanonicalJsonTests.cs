using System.Text;

namespace Sync.Core.Tests;

public sealed class CanonicalJsonTests
{
    [TestCase("""{"b":1,"a":2}""", """{"a":2,"b":1}""")]
    [TestCase(""" [ 1 , "x" , null ] """, """[1,"x",null]""")]
    [TestCase("""{"z":{"y":1,"x":[{"b":1,"a":1}]},"a":true}""", """{"a":true,"z":{"x":[{"a":1,"b":1}],"y":1}}""")]
    [TestCase("{}", "{}")]
    [TestCase("[]", "[]")]
    [TestCase("\"\\u0041\\/\\u00e9\"", "\"A/é\"")]
    [TestCase("\"\\ud83d\\ude00\"", "\"😀\"")]
    [TestCase("\"a\\u001fb\\n\\u0008\\\"\\\\\"", "\"a\\u001fb\\n\\b\\\"\\\\\"")]
    [TestCase("\"\\u007f\"", "\"\u007f\"")]
    [TestCase("""{"\u0061":1,"B":2}""", """{"B":2,"a":1}""")]
    [TestCase("""{"\ud83d\ude00":1,"\uff5e":2}""", """{"～":2,"😀":1}""")]
    public void Equal_values_have_one_text(string json, string canonical) => Assert.That(CanonicalJson.Parse(json).ToString(), Is.EqualTo(canonical));

    [TestCase("0", "0")]
    [TestCase("-0", "0")]
    [TestCase("-0.0e5", "0")]
    [TestCase("1.0", "1")]
    [TestCase("100", "100")]
    [TestCase("1e2", "100")]
    [TestCase("1.50", "1.5")]
    [TestCase("-12.340E-1", "-1.234")]
    [TestCase("0.000001", "0.000001")]
    [TestCase("0.0000001", "1e-7")]
    [TestCase("0.00000012", "1.2e-7")]
    [TestCase("100000000000000000000", "100000000000000000000")]
    [TestCase("1000000000000000000000", "1e+21")]
    [TestCase("12345678901234567890123", "1.2345678901234567890123e+22")]
    [TestCase("12345678901234567890.5", "12345678901234567890.5")]
    [TestCase("1.7976931348623157e308", "1.7976931348623157e+308")]
    [TestCase("1e-0000002", "0.01")]
    [TestCase("9007199254740993", "9007199254740993")]
    public void Numbers_are_written_by_value_and_never_rounded(string json, string canonical) => Assert.That(CanonicalJson.Parse(json).ToString(), Is.EqualTo(canonical));

    [TestCase("", ErrorCodes.BadJson)]
    [TestCase("{} {}", ErrorCodes.BadJson)]
    [TestCase("NaN", ErrorCodes.BadJson)]
    [TestCase("[1,]", ErrorCodes.BadJson)]
    [TestCase("// x\n1", ErrorCodes.BadJson)]
    [TestCase("01", ErrorCodes.BadJson)]
    [TestCase("\uFEFF1", ErrorCodes.BadJson)]
    [TestCase("\"a\tb\"", ErrorCodes.BadJson)]
    [TestCase("{\"a\":1", ErrorCodes.BadJson)]
    [TestCase("{\"a\":1,\"b\":2,\"a\":3}", ErrorCodes.DuplicateKey)]
    [TestCase("{\"b\":1,\"\\u0061\":2,\"a\":3}", ErrorCodes.DuplicateKey)]
    [TestCase("{\"a\":1,\"\\u0061\":1}", ErrorCodes.DuplicateKey)]
    [TestCase("\"\\ud800\"", ErrorCodes.BadUnicode)]
    [TestCase("\"\\udc00x\"", ErrorCodes.BadUnicode)]
    [TestCase("\"\\ud800\\u0041\"", ErrorCodes.BadUnicode)]
    [TestCase("{\"\\udc00\":1}", ErrorCodes.BadUnicode)]
    [TestCase("\"\\u0000\"", ErrorCodes.BadUnicode)]
    [TestCase("1e400", ErrorCodes.NumberRange)]
    [TestCase("-1e309", ErrorCodes.NumberRange)]
    [TestCase("1e-400", ErrorCodes.NumberRange)]
    [TestCase("1e99999999999", ErrorCodes.NumberRange)]
    public void What_could_not_be_read_everywhere_is_refused(string json, string code)
    {
        Assert.That(CanonicalJson.TryParse(Encoding.UTF8.GetBytes(json), out _, out var fault), Is.False);
        Assert.That(fault!.Code, Is.EqualTo(code));
    }

    [TestCase(64, true)]
    [TestCase(65, false)]
    public void Lists_nest_64_deep_and_no_deeper(int depth, bool isTaken)
    {
        var json = Encoding.UTF8.GetBytes(new string('[', depth) + new string(']', depth));
        Assert.That(CanonicalJson.TryParse(json, out _, out var fault), Is.EqualTo(isTaken));
        if (!isTaken) Assert.That(fault!.Code, Is.EqualTo(ErrorCodes.TooDeep));
    }

    [Test]
    public void Bytes_that_are_no_utf8_are_refused()
    {
        foreach (byte[] bad in (byte[][])[[0xC0, 0x80], [0xED, 0xA0, 0x80], [0xFF], [0xF5, 0x80, 0x80, 0x80]])
        {
            Assert.That(CanonicalJson.TryParse([(byte)'"', .. bad, (byte)'"'], out _, out var fault), Is.False);
            Assert.That(fault!.Code, Is.EqualTo(ErrorCodes.BadUnicode).Or.EqualTo(ErrorCodes.BadJson));
        }
    }

    [Test]
    public void Values_are_in_one_total_order()
    {
        string[] ascending = ["null", "false", "true", "-1e+300", "-12.5", "-2", "-0.001", "0", "1e-7", "0.5", "1", "1.5", "9", "10", "9007199254740992", "9007199254740993", "1e+22",
            "\"\"", "\"\\n\"", "\"!\"", "\"\\\"\"", "\"#\"", "\"A\"", "\"a\"", "\"aa\"", "\"é\"", "\"～\"", "\"😀\""];
        var values = ascending.Select(CanonicalJson.Parse).ToArray();
        for (var i = 0; i < values.Length; i++)
            for (var j = 0; j < values.Length; j++)
                Assert.That(Math.Sign(values[i].CompareTo(values[j])), Is.EqualTo(Math.Sign(i.CompareTo(j))), $"{values[i]} against {values[j]}");
        Assert.That(default(CanonicalJson).CompareTo(CanonicalJson.Null), Is.Zero);
    }

    [TestCase("""{"x\"name":1}""")]
    [TestCase("""{"x":"\"name"}""")]
    [TestCase("""{"x":"name","y":{"name":1}}""")]
    [TestCase("""{"x":["name",{"name":1}]}""")]
    public void A_member_is_not_found_where_only_its_letters_stand(string json) => Assert.That(CanonicalJson.Parse(json)["name"].IsMissing, Is.True);

    [Test]
    public void Members_and_elements_are_found_by_walking()
    {
        var json = CanonicalJson.Parse("""{"a":{"b":[1,{"c":"}]\""},[]]},"n":null,"q\"":5}""");
        Assert.Multiple(() =>
        {
            Assert.That(json.Get(FieldPath.Of("a", "b")).Elements.Select(e => e.ToString()), Is.EqualTo(new[] { "1", """{"c":"}]\""}""", "[]" }));
            Assert.That(json["q\""].AsInt64(), Is.EqualTo(5));
            Assert.That(json["zz"].IsMissing);
            Assert.That(json.Get(FieldPath.Of("n", "x")).IsMissing);
            Assert.That(json.Members.Select(m => m.Key), Is.EqualTo(new[] { "a", "n", "q\"" }));
        });
    }

    [Test]
    public void Typed_values_come_and_go()
    {
        Assert.Multiple(() =>
        {
            Assert.That(CanonicalJson.From(1.0).ToString(), Is.EqualTo("1"));
            Assert.That(CanonicalJson.From(1e21).ToString(), Is.EqualTo("1e+21"));
            Assert.That(CanonicalJson.From(0.1).ToString(), Is.EqualTo("0.1"));
            Assert.That(CanonicalJson.From(1.10m).ToString(), Is.EqualTo("1.1"));
            Assert.That(CanonicalJson.From(long.MinValue).AsInt64(), Is.EqualTo(long.MinValue));
            Assert.That(CanonicalJson.From("a\"b\u0001😀").AsString(), Is.EqualTo("a\"b\u0001😀"));
            Assert.That(CanonicalJson.From(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1))).AsString(), Is.EqualTo("2026-01-02T02:04:05.000000Z"));
            Assert.That(() => CanonicalJson.From("\ud800"), Throws.TypeOf<JsonFaultException>());
            Assert.That(() => CanonicalJson.From(double.NaN), Throws.TypeOf<JsonFaultException>());
        });
    }
}
