namespace Sync.Crash.Tests;

/// <summary>
/// A disk that keeps what was synced, and of all else what chance leaves: each write since the last sync is there, is not there, or is torn at a sector.
/// </summary>
internal sealed class CutDisk(string folder)
{
    private const int SectorBytes = 512;

    private readonly Dictionary<string, DiskFile> _files = [];

    public void Do(DiskEvent happened)
    {
        switch (happened)
        {
            case DiskEvent.Write write when IsMine(write.Path):
                FileOf(write.Path).Pending.Add(write);
                break;
            case DiskEvent.Truncate truncate when IsMine(truncate.Path):
                FileOf(truncate.Path).Pending.Add(truncate);
                break;
            case DiskEvent.Unlink unlink when _files.TryGetValue(unlink.Path, out var file):
                file.Pending.Add(unlink);
                break;
            case DiskEvent.Sync sync when _files.TryGetValue(sync.Path, out var file):
                foreach (var pending in file.Pending) file.Apply(pending);
                file.Pending.Clear();
                break;
            case DiskEvent.Sync sync when sync.Path == folder:
                foreach (var file in _files.Values.Where(file => file.Pending.Any(pending => pending is DiskEvent.Unlink))) file.RemoveUnlinked();
                break;
        }
    }

    /// <summary>Puts into another folder what the power cut leaves.</summary>
    /// <param name="to">An empty folder.</param>
    /// <param name="share">How much of what was not synced is there, 0 to 1.</param>
    /// <param name="random">Chooses what that is.</param>
    public void Leave(string to, double share, Random random)
    {
        foreach (var (path, file) in _files)
        {
            var left = file.Copy();
            foreach (var pending in file.Pending.Where(_ => random.NextDouble() < share)) left.Apply(random.Next(4) == 0 ? Torn(pending, random) : pending);
            if (left.Content is { } content) File.WriteAllBytes(Path.Combine(to, Path.GetFileName(path)), content);
        }
    }

    private static DiskEvent Torn(DiskEvent pending, Random random) =>
        pending is DiskEvent.Write { Bytes.Length: > SectorBytes } write ? write with { Bytes = write.Bytes[..(random.Next(write.Bytes.Length / SectorBytes) * SectorBytes)] } : pending;

    private bool IsMine(string path) => Path.GetDirectoryName(path) == folder;

    private DiskFile FileOf(string path) => _files.TryGetValue(path, out var file) ? file : _files[path] = new DiskFile();

    private sealed class DiskFile
    {
        /// <summary>Null where there is no such file.</summary>
        public byte[]? Content { get; private set; }

        public List<DiskEvent> Pending { get; } = [];

        public DiskFile Copy() => new() { Content = Content?.ToArray() };

        public void RemoveUnlinked()
        {
            var last = Pending.FindLastIndex(pending => pending is DiskEvent.Unlink);
            Content = null;
            Pending.RemoveRange(0, last + 1);
        }

        public void Apply(DiskEvent happened)
        {
            switch (happened)
            {
                case DiskEvent.Write write:
                    Resize(Math.Max(Content?.Length ?? 0, write.Offset + write.Bytes.Length));
                    write.Bytes.CopyTo(Content!, (int)write.Offset);
                    break;
                case DiskEvent.Truncate truncate:
                    Resize(truncate.Length);
                    break;
                case DiskEvent.Unlink:
                    Content = null;
                    break;
            }
        }

        private void Resize(long length)
        {
            var content = Content ?? [];
            Array.Resize(ref content, (int)length);
            Content = content;
        }
    }
}
