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
    /// Serves the app's <see cref="SyncServer"/>, or that of the request's tenant: <c>POST {pattern}/write</c>, <c>POST {pattern}/getRecords</c>, <c>GET {pattern}/history</c> and <c>GET {pattern}/socket</c>.
    /// The app need not call <c>UseWebSockets</c>. What is returned takes conventions for all four, such as <c>RequireAuthorization</c>;
    /// a caller without a user id is refused with 401 in any case.
    /// </summary>
    /// <exception cref="InvalidOperationException"><c>AddSyncServer</c> was not called, an option is out of range, or there is no <c>Tenant</c> for the stores of <c>UseStores</c>.</exception>
    public static IEndpointConventionBuilder MapSync(this IEndpointRouteBuilder endpoints, string pattern, Action<SyncEndpointOptions>? configure = null)
    {
        var services = endpoints.ServiceProvider;
        var limits = services.GetService<IOptions<SyncServerOptions>>()?.Value ?? new SyncServerOptions();
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var options = new SyncEndpointOptions();
        configure?.Invoke(options);
        options.Complete(limits);
        var servers = ServerChoice.Of(services, options);

        var log = services.GetRequiredService<ILoggerFactory>().CreateLogger("Sync.AspNetCore");
        var door = new Door(options, servers, log);
        var write = new WriteEndpoint(options);
        var getRecords = new GetRecordsEndpoint(options, limits.MaxPointersPerRead);
        var socket = new SocketEndpoint(options, time);

        var group = endpoints.MapGroup(pattern);
        group.MapPost("/write", context => door.EnterAsync(context, write.HandleAsync));
        group.MapPost("/getRecords", context => door.EnterAsync(context, getRecords.HandleAsync));
        group.MapGet("/history", context => door.EnterAsync(context, HistoryEndpoint.HandleAsync));

        // The WebSocket middleware stands inside the endpoint. CONNECT is how HTTP/2 opens a socket.
        var sockets = endpoints.CreateApplicationBuilder();
        sockets.UseWebSockets();
        sockets.Run(context => door.EnterAsync(context, socket.HandleAsync));
        group.MapMethods("/socket", ["GET", "CONNECT"], sockets.Build());

        ((IEndpointConventionBuilder)group).Finally(SignInPolicy.JudgedByTheEndpoint);
        return group;
    }
}
