using System.Text.Json;
using System.Text.Json.Serialization;

namespace TaskApp.Model;

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(TaskItem))]
[JsonSerializable(typeof(Workspace))]
[JsonSerializable(typeof(AppUser))]
public sealed partial class AppJson : JsonSerializerContext;
