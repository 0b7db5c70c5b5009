using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MyApp.Client;

/// <summary>Gets a token by name and password, and another one when it has run out.</summary>
public sealed class Tokens(HttpClient http, string name, string password, TimeProvider time)
{
    private string? _token;
    private DateTimeOffset _expires;

    public async ValueTask<string?> GetAsync(CancellationToken cancellationToken)
    {
        if (time.GetUtcNow() < _expires) return _token;

        var response = await http.PostAsJsonAsync("sign-in", new SignInRequest(name, password), SignInJson.Default.SignInRequest, cancellationToken);
        response.EnsureSuccessStatusCode();
        var answer = await response.Content.ReadFromJsonAsync(SignInJson.Default.SignInAnswer, cancellationToken);
        (_token, _expires) = (answer!.AccessToken, time.GetUtcNow().AddSeconds(answer.ExpiresIn));
        return _token;
    }
}

internal sealed record SignInRequest(string Name, string Password);

internal sealed record SignInAnswer(string AccessToken, int ExpiresIn);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(SignInRequest)), JsonSerializable(typeof(SignInAnswer))]
internal sealed partial class SignInJson : JsonSerializerContext;
