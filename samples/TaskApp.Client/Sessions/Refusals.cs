using Sync;
using Sync.Client;

namespace TaskApp.Client.Sessions;

/// <summary>Says in plain words why the server refused a write.</summary>
public static class Refusals
{
    public static string Explain(RejectedWrite rejected) => Explain(rejected.Label, rejected.Code, rejected.Message);

    public static string Explain(string? label, string code, string message) => $"{What(label)} was not accepted and has been taken back: {Why(code, message)}";

    private static string What(string? label) => string.IsNullOrEmpty(label) ? "Your change" : $"“{label}”";

    /// <summary>A clause that begins small and ends with a full stop.</summary>
    public static string Why(string code, string message) => code switch
    {
        "not_the_owner" => "only its owner may change a workspace.",
        "not_a_member" => "you are not a member of its workspace.",
        "wrong_creator" => "a task's creator can't be changed.",
        "title_shouted" => "a title is not written all in capitals.",
        "title_length" => $"a title has 1 to {TaskApp.Model.AppModel.MaxTitleLength} characters.",
        "name_length" => $"a name has 1 to {TaskApp.Model.AppModel.MaxNameLength} characters.",
        ErrorCodes.NotAllowed => "you may not do that.",
        ErrorCodes.NotFound => "it is no longer there, or you may no longer see it.",
        _ => $"{message} ({code})",
    };
}
