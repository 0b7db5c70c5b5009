using Sync;

namespace TaskApp.Model;

/// <summary>Says in plain words why the server refused a write.</summary>
public static class RefusalReasons
{
    /// <summary>A clause that begins small and ends with a full stop.</summary>
    public static string Of(string code, string message) => code switch
    {
        "not_the_owner" => "only its owner may change a workspace.",
        "viewer" => "you may look at its workspace, not change it.",
        "no_such_user" => "there is no user of that name.",
        "not_a_member" => "you are not a member of its workspace.",
        "wrong_creator" => "a task's creator can't be changed.",
        "title_shouted" => "a title is not written all in capitals.",
        "title_length" => $"a title has 1 to {AppModel.MaxTitleLength} characters.",
        "name_length" => $"a name has 1 to {AppModel.MaxNameLength} characters.",
        ErrorCodes.NotAllowed => "you may not do that.",
        ErrorCodes.NotFound => "it is no longer there, or you may no longer see it.",
        _ => $"{message} ({code})",
    };
}
