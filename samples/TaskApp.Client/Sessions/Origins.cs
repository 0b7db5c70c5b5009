using System.Text.Json.Serialization;

namespace TaskApp.Client.Sessions;

[JsonSerializable(typeof(string[]))]
internal sealed partial class Origins : JsonSerializerContext;
