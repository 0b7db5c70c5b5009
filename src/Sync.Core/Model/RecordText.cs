using System.Buffers;

namespace Sync;

/// <summary>A record as the serializer sees it, <c>{"id","version",…fields}</c>, and back.</summary>
internal static class RecordText
{
    public static ReadOnlySpan<byte> TextOf(this RecordType type, Record record)
    {
        var fields = type.RefusesUnknownMembers ? MemberChanges.Each(record.Fields, (name, value) => type.Shape.Find(name) is null ? default : value) : record.Fields;
        var text = new ArrayBufferWriter<byte>(fields.Utf8.Length + 320);
        text.Write("{\"id\":"u8);
        text.Write(CanonicalJson.From(record.Id).Utf8.Span);
        if (type.Shape.Find("version") is not null)
        {
            text.Write(",\"version\":"u8);
            text.Write(CanonicalJson.From(record.Version).Utf8.Span);
        }

        foreach (var member in type.Shape.Members)
        {
            if (!member.IsRequired || RecordType.IsReserved(member.Name) || !fields[member.Name].IsMissing) continue;
            text.Write(","u8);
            text.Write(CanonicalJson.From(member.Name).Utf8.Span);
            text.Write(":null"u8); // Missing and null are one here; the serializer tells them apart and reads no object without a required member.
        }

        if (fields.Utf8.Length > 2) text.Write(","u8);
        text.Write(fields.Utf8.Span[1..]);
        return text.WrittenSpan;
    }

    public static CanonicalJson FieldsOf(this RecordType type, CanonicalJson written) =>
        MemberChanges.Each(type.Shape.Tidy(written), (name, value) => RecordType.IsReserved(name) || value.IsMissingOrNull ? default : value);
}
