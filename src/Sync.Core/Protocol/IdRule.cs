using System.Text;

namespace Sync;

/// <summary>What an id may be: a record's, a transaction's, a client's or a user's. One rule for the wire, every store and the app's own writes.</summary>
internal static class IdRule
{
    /// <summary>Why this text can't be an id, or null when it can: not empty, at most <see cref="JsonLimits.MaxIdBytes"/> of UTF-8, no control characters, well-formed.</summary>
    public static ApplyError? Check(string id)
    {
        if (id.Length == 0) return new ApplyError(ErrorCodes.IdEmpty, "An id must not be empty.");
        if (id.Length > JsonLimits.MaxIdBytes || Encoding.UTF8.GetByteCount(id) > JsonLimits.MaxIdBytes)
            return new ApplyError(ErrorCodes.IdTooLong, $"An id may have at most {JsonLimits.MaxIdBytes} bytes of UTF-8.");
        for (var i = 0; i < id.Length; i++)
        {
            if (char.IsControl(id[i])) return new ApplyError(ErrorCodes.BadId, "An id must not hold control characters.");
            if (!char.IsSurrogate(id[i])) continue;
            if (i + 1 == id.Length || !char.IsSurrogatePair(id[i], id[i + 1])) return new ApplyError(ErrorCodes.BadId, "An id must not hold half of a surrogate pair.");
            i++;
        }
        return null;
    }
}
