using Sync;
using Sync.Driver;

await using var session = new Session();
while (!session.HasEnded && await Console.In.ReadLineAsync() is { } line)
{
    if (line.Length > 0) await Console.Out.WriteLineAsync((await AnswerAsync(line)).ToString());
}

// Only what the world or a wrong command can cause is an answer. A bug ends the process, and its stack goes to the error stream.
async Task<CanonicalJson> AnswerAsync(string line)
{
    try
    {
        var command = Command.Parse(line);
        return Reply.Ok(command, await session.DoAsync(command));
    }
    catch (CommandException refused)
    {
        return Reply.Failed(line, refused.Code, refused.Message);
    }
    catch (Exception fault) when (fault is IOException or ArgumentException or InvalidOperationException or Sync.Client.InvalidWriteException or RecordNotHeldException or OperationCanceledException)
    {
        return Reply.Failed(line, fault.GetType().Name, fault.Message);
    }
}
