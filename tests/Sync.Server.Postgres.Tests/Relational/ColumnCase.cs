using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Sync.Server.Postgres.Tests;

/// <summary>A type of column, the .NET type whose field it carries, and JSON values to try.</summary>
/// <param name="Refused">Values of the right kind that the column cannot hold.</param>
/// <param name="Own">What the app's own SQL may have written besides: expressions.</param>
internal sealed record ColumnCase(string SqlType, Func<SyncModel> Model, string[] Values, string[] Refused, string[] Own)
{
    private static readonly string[] Texts =
    [
        "\"\"", "\" \"", "\"a\"", "\"A\"", "\"b\"", "\"B\"", "\"aa\"", "\"Zebra\"", "\"zebra\"", "\"é\"", "\"e\\u0301\"", "\"ß\"", "\"\\uFF5E\"", "\"\\uE000\"", "\"\\uFFFD\"",
        "\"𝄞\"", "\"😀\"", "\"a b\"", "\"a-b\"", "\"a_b\"", "\"a%b\"", "\"10\"", "\"9\"", "\"\\\"\"", "\"\\\\\"", "\"'\"", "\"'; DROP TABLE rows; --\"", "\"$1\"", "\"\\n\"", "\"\\t\\u0001\"",
        "\"{}\"", "\"{a,NULL}\"", "\"NULL\"", "\"null\"", "\"\\u00A0\"", "\"İ\"", "\"ı\"", "\"i\"", "\"I\"",
    ];

    private static readonly string[] Whole = ["0", "1", "-1", "2", "9", "10", "32767", "-32768"];
    private static readonly string[] Large = [.. Whole, "32768", "2147483647", "-2147483648"];
    private static readonly string[] Huge = [.. Large, "2147483648", "9007199254740993", "9007199254740992", "9223372036854775807", "-9223372036854775808"];

    private static readonly string[] Fractions =
    [
        .. Large, "0.1", "-0.1", "0.5", "1.5", "2.5", "0.125", "1e-7", "123456789.123456789", "0.30000000000000004", "1e21", "1e22", "1e23", "-1e23", "9007199254740993",
        "5.6843418860808015e-14", "3.4028234e38", "1.17549435e-38", "16777217",
    ];

    private static readonly string[] Instants =
    [
        "\"2024-02-29T23:59:59.999999Z\"", "\"2024-02-29T23:59:59.999999+14:00\"", "\"1970-01-01T00:00:00Z\"", "\"1999-12-31T23:59:59.9995Z\"", "\"2000-01-01T00:00:00.0005Z\"", "\"2000-01-01T00:00:00.0015Z\"",
        "\"1999-12-31T23:59:59.9985Z\"", "\"2026-07-01T12:00:00.5Z\"", "\"0001-01-01T00:00:00.000000Z\"", "\"9999-12-31T23:59:59.999999Z\"", "\"9999-12-31T23:59:59.9999Z\"", "\"0001-01-01T00:00:00.000001Z\"",
        "\"2026-03-29T01:30:00Z\"", "\"2026-03-29T02:30:00+01:00\"",
    ];

    private static readonly string[] OwnInstants = ["'infinity'", "'-infinity'", "'0044-03-15 12:00 BC'", "'20000-01-01'", "'9999-12-31 23:59:59.999999'", "'0001-01-01'"];
    private static readonly string[] Dates = ["\"2024-02-29\"", "\"0001-01-01\"", "\"9999-12-31\"", "\"1970-01-01\"", "\"2026-01-31\""];
    private static readonly string[] Uuids = ["\"00000000-0000-0000-0000-000000000000\"", "\"F47AC10B-58CC-4372-A567-0E02B2C3D479\"", "\"f47ac10b-58cc-4372-a567-0e02b2c3d47a\"", "\"ffffffff-ffff-ffff-ffff-ffffffffffff\""];

    private static readonly string[] Any =
    [
        "{}", "[]", "{\"a\":1,\"b\":[null,true,{\"c\":\"x\"}]}", "[1,\"1\",null,[2],{\"a\":1},1.0]", "\"text\"", "\"\"", "1", "1.5", "-0.0", "1e308", "5e-324", "123456789012345678901234567890.123456789",
        "true", "false", "{\"\":\"\",\"😀\":\"\\uFF5E\"}", "[\"text\"]", "[1]", "[[1]]", "[true]",
    ];

    public static ColumnCase[] All { get; } =
    [
        Of<string>("text", Texts),
        Of<string>("text COLLATE \"C\"", Texts),
        Of<string>("text COLLATE \"en-x-icu\"", Texts),
        Of<string>("text COLLATE blind", Texts),
        Of<string>("varchar", Texts),
        Of<string>("varchar(3)", [.. Texts.Where(t => Length(t) <= 3), "\"😀😀😀\"", "\"a  \""], ["\"abcd\"", "\"😀😀😀😀\"", "\"    \""]),
        Of<string>("char(3)", ["\"a\"", "\"a  \"", "\"abc\"", "\"\"", "\"   \"", "\"B\"", "\"é\""], ["\"abcd\""]),
        Of<string>("citext", Texts),
        Of<string>("short_text", ["\"a\"", "\"ab\"", "\"\""], ["\"abcdef\""]),
        Of<string>("mood", ["\"sad\"", "\"ok\"", "\"Happy day\""], ["\"happy\"", "\"\""]),
        Of<string>("uuid", Uuids, ["\"x\"", "\"f47ac10b58cc4372a5670e02b2c3d479\"", "\"{f47ac10b-58cc-4372-a567-0e02b2c3d479}\""]),
        Of<Guid?>("uuid", Uuids),
        Of<string>("smallint", ["\"0\"", "\"-5\"", "\"32767\"", "\"9\"", "\"10\""], ["\"32768\"", "\"01\"", "\"+1\"", "\"1.0\"", "\"\"", "\" 1\"", "\"-0\""]),
        Of<string>("integer", ["\"0\"", "\"-5\"", "\"2147483647\""], ["\"2147483648\"", "\"1e3\""]),
        Of<string>("bigint", ["\"0\"", "\"-5\"", "\"9223372036854775807\"", "\"9\"", "\"10\""], ["\"9223372036854775808\"", "\"١\""]),
        Of<byte[]>("bytea", ["\"\"", "\"AA==\"", "\"AQID\"", "\"/+7/\"", "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+Pw==\""], ["\"A\"", "\"_-8\""]),
        Of<TimeOnly?>("time", ["\"00:00:00\"", "\"23:59:59.9999990\"", "\"12:30:00.5000000\"", "\"12:30:00.5\"", "\"12:30\""], ["\"24:00:00\"", "\"25:00:00\""]),
        Of<TimeOnly?>("time(2)", ["\"00:00:00\"", "\"12:30:00.1250000\"", "\"12:30:00.1249990\""], ["\"23:59:59.9999990\""]),
        Of<DateOnly?>("date", Dates, ["\"2023-02-29\"", "\"2024-1-1\""], OwnInstants),
        Of<string>("date", Dates, ["\"2024\""]),
        Of<DateTimeOffset?>("timestamptz", Instants, ["\"yesterday\""], OwnInstants),
        Of<DateTimeOffset?>("timestamptz(3)", Instants, [], OwnInstants),
        Of<DateTimeOffset?>("timestamptz(0)", Instants),
        Of<DateTime?>("timestamp", Instants, [], OwnInstants),
        Of<DateTime?>("timestamp(3)", Instants),
        Of<short?>("smallint", Whole, ["32768", "1.5", "-32769"]),
        Of<int?>("integer", Large, ["2147483648", "0.5", "1e300"]),
        Of<long?>("bigint", Huge, ["9223372036854775808", "1e-300"]),
        Of<long?>("positive", ["0", "7"]),
        Of<decimal?>("numeric", [.. Huge, .. Fractions, "1e300", "1e-300", "0.000000000000000000000000000001", "79228162514264337593543950335"], [], ["'NaN'", "'Infinity'", "'-Infinity'"]),
        Of<decimal?>("numeric(8,2)", ["0", "1.005", "-1.005", "1.0049", "2.675", "-2.675", "999999.99", "999999.994", "0.001", "-0.005", "1e-300"], ["999999.995", "1000000", "-1000000", "1e300"], ["'NaN'"]),
        Of<decimal?>("numeric(3,-2)", ["100", "149", "150", "-150", "99900", "50", "49"], ["99950", "1e6"]),
        Of<decimal?>("numeric(2,4)", ["0.0099", "0.00994", "0.00005", "-0.00005"], ["0.01", "1"]),
        Of<double?>("double precision", [.. Huge, .. Fractions, "1.7976931348623157e308", "5e-324", "2.2250738585072014e-308", "0.1000000000000000055"], [], ["'NaN'", "'Infinity'", "'-Infinity'", "'-0'"]),
        Of<float?>("real", [.. Whole, .. Fractions, "0.3", "1e-46"], ["1e39", "-3.5e38"], ["'NaN'", "'Infinity'", "'-Infinity'"]),
        Of<bool?>("boolean", ["true", "false"]),
        Of<JsonElement?>("jsonb", Any, [], ["'null'", "'1.50'", "'{\"b\":1,\"a\":1.0}'"]),
        Of<JsonElement?>("json", Any, [], ["'null'", "'{ \"b\" : 1, \"a\":1.0 }'", "'\"\\ud800\"'"]),
        Of<string>("text COLLATE \"POSIX\"", [$"\"{new string('ä', 40_000)}\""]),
        Of<List<string>>("jsonb", ["[]", "[\"a\"]", "[\"A\",\"a\"]", "[\"b\",\"a\",\"b\"]", "[null,\"\"]"]),
        Of<Dictionary<string, int>>("jsonb", ["{}", "{\"a\":1}", "{\"a\":2,\"b\":1}"]),
        Of<List<string>>("text[]", ["[]", "[\"\"]", "[\"a\"]", "[\"A\",\"a\"]", "[null]", "[null,\"NULL\",\"\"]", "[\"{a,b}\",\"\\\"\",\"\\\\\",\",\",\" \",\"😀\",\"'\"]", "[\"b\",\"a\",\"b\"]"], ["[1]", "[[\"a\"]]", "[{}]"], ["'{{a,b},{c,d}}'", "'[5:6]={a,b}'"]),
        Of<List<string>>("varchar(2)[]", ["[]", "[\"ab\",null]"], ["[\"abc\"]"]),
        Of<List<string>>("char(3)[]", ["[]", "[\"a\",\"abc\",\"\",null]"], ["[\"abcd\"]"]),
        Of<List<TimeOnly>>("time[]", ["[]", "[\"12:30:00\",\"23:59:59.5000000\"]"], ["[\"24:00:00\"]"]),
        Of<List<string>>("citext[]", ["[]", "[\"A\"]", "[\"a\"]", "[\"a\",\"B\"]"]),
        Of<List<Guid>>("uuid[]", ["[]", "[\"F47AC10B-58CC-4372-A567-0E02B2C3D479\"]", "[\"f47ac10b-58cc-4372-a567-0e02b2c3d479\",\"00000000-0000-0000-0000-000000000000\"]"], ["[\"x\"]"]),
        Of<List<int>>("integer[]", ["[]", "[1]", "[2,1,2]", "[2147483647,-1]"], ["[2147483648]", "[1.5]", "[\"1\"]"]),
        Of<List<long>>("bigint[]", ["[]", "[9223372036854775807,9007199254740993]"]),
        Of<List<decimal>>("numeric(6,2)[]", ["[]", "[1.005,2]", "[0.1]"], ["[99999]"]),
        Of<List<double>>("double precision[]", ["[]", "[0.1,1e300,5.6843418860808015e-14]", "[1]"]),
        Of<List<float>>("real[]", ["[]", "[0.1,1e38,16777217]"]),
        Of<List<bool>>("boolean[]", ["[]", "[true,false]"]),
        Of<List<string>>("mood[]", ["[]", "[\"ok\",\"Happy day\"]"], ["[\"OK\"]"]),
        Of<List<DateOnly>>("date[]", ["[]", "[\"2024-02-29\"]"]),
        Of<List<DateTimeOffset>>("timestamptz[]", ["[]", "[\"2024-02-29T23:59:59.999999+14:00\",\"1970-01-01T00:00:00Z\"]"]),
        Of<List<DateTime>>("timestamp[]", ["[]", "[\"2024-02-29T23:59:59.5Z\"]"]),
    ];

    /// <summary>Types that columns above need.</summary>
    public const string Types = """
        CREATE EXTENSION citext;
        CREATE TYPE mood AS ENUM ('sad', 'ok', 'Happy day');
        CREATE DOMAIN short_text AS varchar(5);
        CREATE DOMAIN positive AS bigint CHECK (VALUE >= 0);
        CREATE COLLATION blind (provider = icu, locale = 'und-u-ks-level2', deterministic = false);
        """;

    public string CreateTable => $"{Types} CREATE TABLE rows (id text COLLATE \"C\" PRIMARY KEY, version bigint NOT NULL DEFAULT 1, value {SqlType});";

    public IEnumerable<CanonicalJson> Json => Values.Select(CanonicalJson.Parse);

    public override string ToString() => $"{SqlType} of {Model().Tables[0].Fields[0].Kind}";

    private static ColumnCase Of<T>(string sqlType, string[] values, string[]? refused = null, string[]? own = null) => new(sqlType, () => Models.OfRows<T>(), values, refused ?? [], own ?? []);

    private static int Length(string json) => CanonicalJson.Parse(json).AsString()!.EnumerateRunes().Count();
}
