namespace TaskCli;

/// <summary>What was typed: a command, its text, and options with defaults.</summary>
internal sealed record CommandLine(string Command, string Text)
{
    public const string Usage = """
        Usage: TaskCli <command> [text] [options]

          list              the tasks of the workspace
          add <title>       adds a task
          done <task>       marks it done: its number in the list, or the beginning of its title
          watch             shows each change as it comes, until Ctrl+C
          tray              what the server refused, and why
          discard <number>  gives up what was refused

          --server <address>    default http://127.0.0.1:5080
          --user <name>         default alice
          --workspace <id>      default demo
          --data <folder>       default: TaskCli in the folder for this user's local data
        """;

    private static readonly string[] WithText = ["add", "done", "discard"];
    private static readonly string[] WithoutText = ["list", "watch", "tray"];

    public Uri Server { get; private init; } = new("http://127.0.0.1:5080");
    public string User { get; private init; } = "alice";
    public string Workspace { get; private init; } = "demo";
    public string Folder { get; private init; } = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "TaskCli");

    /// <summary>Null where it makes no sense.</summary>
    public static CommandLine? Read(string[] args)
    {
        var (words, options) = (new List<string>(), new Dictionary<string, string>());
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal)) words.Add(args[i]);
            else if (i + 1 < args.Length) options[args[i][2..]] = args[++i];
            else return null;
        }
        if (words.Count == 0 || options.Keys.Any(name => name is not ("server" or "user" or "workspace" or "data"))) return null;

        var (command, text) = (words[0], string.Join(' ', words.Skip(1)));
        if (text.Length > 0 ? !WithText.Contains(command) : !WithoutText.Contains(command)) return null;

        var line = new CommandLine(command, text);
        if (!Uri.TryCreate(options.GetValueOrDefault("server", line.Server.ToString()), UriKind.Absolute, out var server)) return null;
        return line with
        {
            Server = server,
            User = options.GetValueOrDefault("user", line.User),
            Workspace = options.GetValueOrDefault("workspace", line.Workspace),
            Folder = Path.GetFullPath(options.GetValueOrDefault("data", line.Folder)),
        };
    }
}
