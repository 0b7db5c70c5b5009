using Sync;

namespace TaskApp.Client.Attention;

/// <summary>A refused transaction with the texts in it open to be changed. All else is sent again as it was.</summary>
internal sealed class RefusedWrite
{
    private readonly Transaction _transaction;

    public RefusedWrite(Transaction transaction)
    {
        _transaction = transaction;
        Fields = [.. transaction.Operations.SelectMany(TextsOf)];
    }

    public IReadOnlyList<EditedText> Fields { get; }

    public static bool MayBeEdited(Transaction transaction) => transaction.Operations.SelectMany(TextsOf).Any();

    public void Build(TransactionBuilder builder)
    {
        foreach (var operation in _transaction.Operations) builder.Add(Edited(operation));
    }

    private Operation Edited(Operation operation) => operation switch
    {
        Operation.Set set when Find(set.Key, set.Path.ToString()) is { } text => set with { Value = text.Value },
        Operation.Create create => create with
        {
            Value = CanonicalJson.Object(create.Value.Members.Select(member =>
                Find(create.Key, member.Key) is { } text ? new KeyValuePair<string, CanonicalJson>(member.Key, text.Value) : member)),
        },
        _ => operation,
    };

    private EditedText? Find(RecordKey key, string field) => Fields.FirstOrDefault(text => text.Key == key && text.Name == field);

    private static IEnumerable<EditedText> TextsOf(Operation operation) => operation switch
    {
        Operation.Set set => TextOf(set.Key, set.Path.ToString(), set.Value),
        Operation.Create create => create.Value.Members.SelectMany(member => TextOf(create.Key, member.Key, member.Value)),
        _ => [],
    };

    private static IEnumerable<EditedText> TextOf(RecordKey key, string field, CanonicalJson value) =>
        field is "title" or "description" or "name" && value.AsString() is { } text ? [new EditedText(key, field, text)] : [];
}

internal sealed class EditedText(RecordKey key, string name, string text)
{
    public RecordKey Key { get; } = key;
    public string Name { get; } = name;
    public string Label => FieldNames.Of(Name);
    public bool IsLong => Name == "description";
    public string Text { get; set; } = text;
    public CanonicalJson Value => CanonicalJson.From(Text.Trim());
}
