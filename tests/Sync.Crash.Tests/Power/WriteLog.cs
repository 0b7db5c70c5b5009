using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Sync.Crash.Tests;

/// <summary>What strace recorded of a process: its writes and syncs in order, and where among them it said something.</summary>
internal static partial class WriteLog
{
    /// <summary>File names and data come whole and in hexadecimal, so that nothing needs to be guessed.</summary>
    public static string[] Recording(string file) =>
        ["-f", "-qq", "-y", "-xx", "-s", "1000000", "-o", file, "-e", "trace=pwrite64,ftruncate,unlink,fsync,fdatasync,write"];

    public static List<DiskEvent> Read(string file)
    {
        var (events, begunSyncs) = (new List<DiskEvent>(), new Dictionary<string, string>());
        foreach (var line in File.ReadLines(file))
        {
            if (Resumed().Match(line) is { Success: true } resumed)
            {
                if (begunSyncs.Remove(resumed.Groups["pid"].Value, out var path)) events.Add(new DiskEvent.Sync(path));
                continue;
            }
            if (Call().Match(line) is not { Success: true } call) continue;

            var (name, rest) = (call.Groups["name"].Value, call.Groups["rest"].Value);
            var target = Text(call.Groups["target"].Value);
            switch (name)
            {
                case "pwrite64":
                    events.Add(new DiskEvent.Write(target, Number(rest.Split(',')[^1]), Bytes(call.Groups["data"].Value)));
                    break;
                case "ftruncate":
                    events.Add(new DiskEvent.Truncate(target, Number(rest.TrimStart(','))));
                    break;
                case "unlink":
                    events.Add(new DiskEvent.Unlink(target));
                    break;
                case "write":
                    events.Add(new DiskEvent.Say(Text(call.Groups["data"].Value)));
                    break;
                // A sync counts from its end, all else from its beginning.
                case "fsync" or "fdatasync" when rest.Contains("<unfinished", StringComparison.Ordinal):
                    begunSyncs[call.Groups["pid"].Value] = target;
                    break;
                case "fsync" or "fdatasync":
                    events.Add(new DiskEvent.Sync(target));
                    break;
            }
        }
        return events;
    }

    private static string Text(string hex) => Encoding.UTF8.GetString(Bytes(hex));

    private static byte[] Bytes(string hex) => Convert.FromHexString(hex.Replace("\\x", "", StringComparison.Ordinal));

    private static long Number(string text) => long.Parse(Digits().Match(text).Value, CultureInfo.InvariantCulture);

    [GeneratedRegex("""^(?<pid>\d+)\s+(?<name>\w+)\((?:\d+<(?<target>(?:\\x..)*)>(?:\(deleted\))?|"(?<target>(?:\\x..)*)")(?:, "(?<data>(?:\\x..)*)")?(?<rest>.*)$""")]
    private static partial Regex Call();

    [GeneratedRegex("""^(?<pid>\d+)\s+<\.\.\. f(data)?sync resumed""")]
    private static partial Regex Resumed();

    [GeneratedRegex("""\d+""")]
    private static partial Regex Digits();
}
