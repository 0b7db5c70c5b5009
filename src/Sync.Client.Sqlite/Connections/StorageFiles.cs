using System.Security.Cryptography;
using System.Text;

namespace Sync.Client.Sqlite;

/// <summary>Where the files of one storage lie: the database, a lock for each partition, one for the writer's place.</summary>
internal sealed class StorageFiles
{
    private readonly string _folder;
    private readonly string _key;

    public StorageFiles(string folder, StorageName name) => (_folder, _key) = (Path.GetFullPath(folder), name.ToKey());

    public string Database => Path.Combine(_folder, _key + ".db");

    public string WriterLock => Path.Combine(_folder, _key + ".writer-lock");

    /// <summary>Client ids are any text, so the file is named by a hash.</summary>
    public string PartitionLock(string clientId) =>
        Path.Combine(_folder, $"{_key}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(clientId)).AsSpan(0, 8))}.lock");

    public void CreateFolder()
    {
        if (File.Exists(_folder)) throw new IOException($"UseSqlite takes a folder, but {_folder} is a file. One database for each server, tenant and user is made inside the folder.");
        Directory.CreateDirectory(_folder);
    }
}
