using System.Collections.Immutable;

namespace Sync.Client;

/// <summary>A transaction that the server rejected, with what is needed to decide what to do about it.</summary>
public sealed record TrayItem
{
    public required string TxId { get; init; }
    public required Transaction Transaction { get; init; }

    /// <summary>What the app called it.</summary>
    public string? Label { get; init; }

    /// <summary>The server's stable code, or the app's own from a rule or a validation.</summary>
    public required string Code { get; init; }

    /// <summary>A sentence for people who develop, in English.</summary>
    public required string Message { get; init; }

    /// <summary>The HTTP status that it counts as.</summary>
    public required int Status { get; init; }

    /// <summary>By this device's clock.</summary>
    public required DateTimeOffset RejectedAt { get; init; }

    /// <summary>What was written and what the server has, field by field, as far as this device may read it now.</summary>
    public required ImmutableArray<TrayField> Fields { get; init; }

    internal static TrayItem Of(StoredRejection rejection, Func<RecordKey, Record?> confirmed) => new()
    {
        TxId = rejection.Transaction.TxId,
        Transaction = rejection.Transaction,
        Label = rejection.Label,
        Code = rejection.Code,
        Message = rejection.Message,
        Status = rejection.Status,
        RejectedAt = rejection.RejectedAt,
        Fields = [.. rejection.Transaction.Operations.SelectMany(operation => TrayField.Of(operation, confirmed(operation.Key)))],
    };
}

/// <summary>One field of a rejected write.</summary>
/// <param name="Field">Dotted; <c>id</c> where the whole record was created, deleted or restored.</param>
/// <param name="Mine">What was written; missing where it was taken away.</param>
/// <param name="Theirs">What the server has, looked up now: nothing of it is kept in the tray. Missing where there is nothing, or nothing that may be read.</param>
public sealed record TrayField(RecordKey Key, string Field, CanonicalJson Mine, CanonicalJson Theirs)
{
    internal static IEnumerable<TrayField> Of(Operation operation, Record? theirs)
    {
        switch (operation)
        {
            case Operation.Create create:
                return create.Value.Members.Select(member => new TrayField(create.Key, member.Key, member.Value, theirs?.Fields[member.Key] ?? default));
            case Operation.Set set:
                return [At(set.Path, set.Value)];
            case Operation.ListInsert insert:
                return [At(insert.Path, insert.Value)];
            case Operation.SetNow or Operation.Unset or Operation.ListRemove:
                return [At(operation.FieldPath()!.Value, default)];
            default:
                return [At(FieldPath.Id, default)];
        }

        TrayField At(FieldPath path, CanonicalJson mine) => new(operation.Key, path.ToString(), mine, theirs?.Get(path) ?? default);
    }
}
