using Microsoft.Extensions.Logging;

namespace Sync.Server;

/// <summary>What all sessions of a node share.</summary>
internal sealed record SessionContext(
    ServerRooms Rooms,
    SessionLimits Limits,
    Publisher Publisher,
    SubscriptionLoader Loader,
    History History,
    PendingWrites Writes,
    CheckpointEncoder Encoder,
    ILogger Logger);
