using Microsoft.AspNetCore.Components.WebAssembly.Hosting;
using MyApp.Client;
using MyApp.Model;
using Sync.Client;
using Sync.Transport.WebSockets;

namespace MyApp.Browser;

internal static class Browser
{
    public static async Task RunAsync(string[] args)
    {
        var builder = WebAssemblyHostBuilder.CreateDefault(args);
        builder.RootComponents.Add<TaskList>("#app");
        builder.Services.AddSyncClient(AppModel.Create(), o => o.Server = new Uri(builder.HostEnvironment.BaseAddress + "api/realtime")).UseWebSockets();

        await builder.Build().RunAsync();
    }

    public static async Task SignInAsync(SyncClient client, Tokens tokens)
    {
        await client.SignInAsync(new SyncUser("bob", tokens.GetAsync));
    }

    public static async Task SignInByCookieAsync(SyncClient client)
    {
        await client.SignInAsync(new SyncUser("bob"));
    }
}
