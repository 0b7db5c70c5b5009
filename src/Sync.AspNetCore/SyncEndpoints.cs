using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Sync.Server;

namespace Sync.AspNetCore;

public static class SyncEndpoints
{
    /// <summary>
    /// Serves the app's <see cref="SyncServer"/>: <c>POST {pattern}/write</c>, <c>POST {pattern}/getRecords</c>, <c>GET {pattern}/history</c> and <c>GET {pattern}/socket</c>.
    /// The app need not call <c>UseWebSockets</c>. What is returned takes conventions for all four, such as <c>RequireAuthorization</c>;
    /// a caller without a user id is refused with 401 in any case.
    /// </summary>
    /// <exception cref="InvalidOperationException"><c>AddSyncServer</c> was not called, or an option is out of range.</exception>
    public static IEndpointConventionBuilder MapSync(this IEndpointRouteBuilder endpoints, string pattern, Action<SyncEndpointOptions>? configure = null)
    {
        var services = endpoints.ServiceProvider;
        var server = services.GetService<SyncServer>()
            ?? throw new InvalidOperationException("MapSync serves what AddSyncServer registers. Call builder.Services.AddSyncServer(…) first.");
        var limits = services.GetService<IOptions<SyncServerOptions>>()?.Value ?? new SyncServerOptions();
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var options = new SyncEndpointOptions();
        configure?.Invoke(options);
        options.Complete(limits);

        var log = services.GetRequiredService<ILoggerFactory>().CreateLogger("Sync.AspNetCore");
        var door = new Door(options, log);
        var write = new WriteEndpoint(server, options);
        var getRecords = new GetRecordsEndpoint(server, options, limits.MaxPointersPerRead);
        var history = new HistoryEndpoint(server);
        var socket = new SocketEndpoint(server, options, time);

        var group = endpoints.MapGroup(pattern);
        group.MapPost("/write", context => door.EnterAsync(context, write.HandleAsync));
        group.MapPost("/getRecords", context => door.EnterAsync(context, getRecords.HandleAsync));
        group.MapGet("/history", context => door.EnterAsync(context, history.HandleAsync));

        // The WebSocket middleware stands inside the endpoint. CONNECT is how HTTP/2 opens a socket.
        var sockets = endpoints.CreateApplicationBuilder();
        sockets.UseWebSockets();
        sockets.Run(context => door.EnterAsync(context, socket.HandleAsync));
        group.MapMethods("/socket", ["GET", "CONNECT"], sockets.Build());

        ((IEndpointConventionBuilder)group).Finally(SignInPolicy.JudgedByTheEndpoint);
        return group;
    }
}
