namespace Sync.Crash.Tests;

/// <summary>One thing that a process did to files, or said.</summary>
internal abstract record DiskEvent
{
    private DiskEvent() { }

    public sealed record Write(string Path, long Offset, byte[] Bytes) : DiskEvent;

    public sealed record Truncate(string Path, long Length) : DiskEvent;

    public sealed record Unlink(string Path) : DiskEvent;

    /// <summary>A file's, or a folder's for the names in it.</summary>
    public sealed record Sync(string Path) : DiskEvent;

    public sealed record Say(string Text) : DiskEvent;
}
