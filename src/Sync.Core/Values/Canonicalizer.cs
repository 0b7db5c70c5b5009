using System.Text.Json;
using System.Text.Unicode;

namespace Sync;

/// <summary>
/// The door through which every value comes in: reads any JSON text and writes its canonical form, or says why not. One rule for all stores:
/// what could not be written back and read everywhere is refused here.
/// </summary>
internal ref struct Canonicalizer
{
    private readonly int _maxDepth;
    private Utf8JsonReader _reader;
    private ByteBuffer _out;
    private readonly List<Member> _members = [];
    private JsonFault? _fault;

    private Canonicalizer(ReadOnlySpan<byte> utf8, int maxDepth)
    {
        _maxDepth = maxDepth;
        _reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = maxDepth + 2 });
        _out = new ByteBuffer(utf8.Length);
    }

    public static byte[]? Run(ReadOnlySpan<byte> utf8, int maxDepth, out JsonFault? fault)
    {
        var run = new Canonicalizer(utf8, maxDepth);
        try
        {
            run._reader.Read();
            if (run.TryWriteValue(1)) run._reader.Read();
            fault = run._fault;
            return fault is null ? run._out.Written.ToArray() : null;
        }
        catch (JsonException)
        {
            var at = run._reader.BytesConsumed;
            fault = new JsonFault(ErrorCodes.BadJson, $"Expected JSON (RFC 8259), but byte {at} does not fit.", at);
            return null;
        }
        finally
        {
            run._out.Dispose();
        }
    }

    private bool TryWriteValue(int depth)
    {
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject: return CheckDepth(depth) && TryWriteObject(depth);
            case JsonTokenType.StartArray: return CheckDepth(depth) && TryWriteList(depth);
            case JsonTokenType.String: return TryWriteString();
            case JsonTokenType.Number:
                return JsonNumber.TryWriteCanonical(ref _out, _reader.ValueSpan)
                    || Refuse(ErrorCodes.NumberRange, "A number must fit the range of a double and have at most 330 digits.");
            default:
                _out.Add(_reader.ValueSpan);
                return true;
        }
    }

    private bool CheckDepth(int depth) => depth <= _maxDepth || Refuse(ErrorCodes.TooDeep, $"Lists and objects may nest {_maxDepth} deep.");

    private bool TryWriteList(int depth)
    {
        _out.Add((byte)'[');
        for (var isFirst = true; _reader.Read() && _reader.TokenType != JsonTokenType.EndArray; isFirst = false)
        {
            if (!isFirst) _out.Add((byte)',');
            if (!TryWriteValue(depth + 1)) return false;
        }
        _out.Add((byte)']');
        return true;
    }

    private bool TryWriteObject(int depth)
    {
        var first = _members.Count;
        var isSorted = true;
        _out.Add((byte)'{');
        var start = _out.Length;
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            if (_members.Count > first) _out.Add((byte)',');
            var memberStart = _out.Length;
            if (!TryWriteString()) return false;
            var nameEnd = _out.Length;
            _out.Add((byte)':');
            _reader.Read();
            if (!TryWriteValue(depth + 1)) return false;
            var member = new Member(memberStart, nameEnd, _out.Length);
            if (isSorted && _members.Count > first)
            {
                var order = CompareNames(_members[^1], member);
                if (order == 0) return Refuse(ErrorCodes.DuplicateKey, "Each property name may stand once in its object.");
                isSorted = order < 0;
            }
            _members.Add(member);
        }
        if (!isSorted && !TrySort(first, start)) return false;
        _members.RemoveRange(first, _members.Count - first);
        _out.Add((byte)'}');
        return true;
    }

    private bool TrySort(int first, int start)
    {
        var written = _out.Written[start..].ToArray();
        var members = _members[first..];
        members.Sort((a, b) => JsonText.CompareQuoted(written.AsSpan(a.Start - start, a.NameEnd - a.Start), written.AsSpan(b.Start - start, b.NameEnd - b.Start)));
        var to = _out.Written[start..];
        for (var i = 0; i < members.Count; i++)
        {
            var member = members[i];
            if (i > 0)
            {
                if (CompareNames(written, members[i - 1], member, start) == 0) return Refuse(ErrorCodes.DuplicateKey, "Each property name may stand once in its object.");
                to[0] = (byte)',';
                to = to[1..];
            }
            var text = written.AsSpan(member.Start - start, member.End - member.Start);
            text.CopyTo(to);
            to = to[text.Length..];
        }
        return true;
    }

    private readonly int CompareNames(Member a, Member b) => JsonText.CompareQuoted(_out.Written[a.Start..a.NameEnd], _out.Written[b.Start..b.NameEnd]);

    private static int CompareNames(ReadOnlySpan<byte> written, Member a, Member b, int start) =>
        written[(a.Start - start)..(a.NameEnd - start)].SequenceCompareTo(written[(b.Start - start)..(b.NameEnd - start)]);

    private bool TryWriteString()
    {
        var raw = _reader.ValueSpan;
        if (!Utf8.IsValid(raw)) return Refuse(ErrorCodes.BadUnicode, "Text must be valid UTF-8.");
        if (_reader.ValueIsEscaped) return TryWriteUnescaped(raw);
        _out.Add((byte)'"');
        _out.Add(raw);
        _out.Add((byte)'"');
        return true;
    }

    private bool TryWriteUnescaped(ReadOnlySpan<byte> raw)
    {
        _out.Add((byte)'"');
        while (!raw.IsEmpty)
        {
            var step = raw.IndexOf((byte)'\\');
            if (step < 0) step = raw.Length;
            _out.Add(raw[..step]);
            raw = raw[step..];
            if (raw.IsEmpty) break;
            if (!JsonEscape.TryRead(raw, out var codePoint, out var length))
                return Refuse(ErrorCodes.BadUnicode, "Text may hold neither a lone surrogate nor U+0000.");
            raw = raw[length..];
            if (JsonText.NeedsEscape(codePoint)) JsonText.WriteEscaped(ref _out, (byte)codePoint);
            else
            {
                new System.Text.Rune(codePoint).TryEncodeToUtf8(_out.Reserve(4), out var written);
                _out.Advance(written);
            }
        }
        _out.Add((byte)'"');
        return true;
    }

    private bool Refuse(string code, string message)
    {
        _fault = new JsonFault(code, message, _reader.TokenStartIndex);
        return false;
    }

    private readonly record struct Member(int Start, int NameEnd, int End);
}
