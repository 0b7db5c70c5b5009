using Microsoft.AspNetCore.Components.WebAssembly.Hosting;

// A page without anything on it: tests call Commands.
await WebAssemblyHostBuilder.CreateDefault(args).Build().RunAsync();
