namespace Sync.Client;

/// <summary>What was written could not be saved on this device, so it was taken back.</summary>
public sealed class StorageException(Exception fault) : IOException($"Saving on this device failed, so the write was taken back: {fault.Message}", fault);

/// <summary>There is no room left on this device, or for this app. Nothing was written.</summary>
public sealed class StorageFullException(string message, Exception? inner = null) : IOException(message, inner);

/// <summary>Another client has taken over this one's part of the queue, after this one stood still for a while. Nothing was written.</summary>
public sealed class StorageTakenOverException(string clientId) : IOException($"The queue of client {clientId} has been taken over by another client of this user on this device. Nothing was written.")
{
    public string ClientId { get; } = clientId;
}

/// <summary>The storage was made by a newer version or is damaged. It was left untouched; the message says what would help.</summary>
public sealed class StorageFormatException(string message, Exception? inner = null) : IOException(message, inner);
