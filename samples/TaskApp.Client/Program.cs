using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Components.WebAssembly.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Sync;
using Sync.Client;
using Sync.Client.IndexedDb;
using Sync.Transport.WebSockets;
using TaskApp.Client;
using TaskApp.Client.Board;
using TaskApp.Client.History;
using TaskApp.Client.Sessions;
using TaskApp.Model;

var builder = WebAssemblyHostBuilder.CreateDefault(args);
builder.RootComponents.Add<App>("#app");
builder.RootComponents.Add<HeadOutlet>("head::after");

builder.Services.AddSyncClient(AppModel.Create(), o => o.Server = new Uri(new Uri(builder.HostEnvironment.BaseAddress), "api/realtime"))
    .UseIndexedDb("tasks")
    .UseTransport(services => new PluggedTransport(new FailoverTransport(new WebSocketTransport(), services.GetRequiredService<OtherServers>()), services.GetRequiredService<NetworkPlug>()));
builder.Services.AddSingleton<OtherServers>();
builder.Services.AddSingleton<NetworkPlug>();
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton<Page>();
builder.Services.AddSingleton<SignedIn>();
builder.Services.AddSingleton<Notices>();
builder.Services.AddSingleton<Undoing>();
builder.Services.AddSingleton<Writes>();
builder.Services.AddSingleton(new HttpClient { BaseAddress = new Uri(builder.HostEnvironment.BaseAddress) });
builder.Services.AddSingleton<HistoryReader>();

var app = builder.Build();
var asking = app.Services.GetRequiredService<OtherServers>().AskAsync(app.Services.GetRequiredService<HttpClient>());
await Task.WhenAll(asking, app.RunAsync());
