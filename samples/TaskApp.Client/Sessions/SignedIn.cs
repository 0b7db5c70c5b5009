using Microsoft.AspNetCore.Components;
using Sync.Client;

namespace TaskApp.Client.Sessions;

/// <summary>
/// Who uses this tab. There are no secrets here: the server takes a bare name as a token, in Development only. A tab remembers its user, so that two tabs
/// can be two people, and a new tab takes the last one; <c>?user=bob</c> in the address chooses one.
/// </summary>
public sealed class SignedIn(SyncClient client, Page page, NavigationManager navigation)
{
    public static IReadOnlyList<string> Known { get; } = ["alice", "bob", "carol"];

    public string? UserId { get; private set; }

    public event Action? Changed;

    public async Task StartAsync() => await SignInAsync(FromAddress() ?? await page.RecallUserAsync() ?? Known[0]);

    public async Task ChangeAsync(string userId)
    {
        if (userId == UserId) return;
        navigation.NavigateTo(new Uri(navigation.Uri).AbsolutePath, replace: true);
        UserId = null;
        Changed?.Invoke();
        await client.SignOutAsync();
        await SignInAsync(userId);
    }

    private async Task SignInAsync(string userId)
    {
        await page.RememberUserAsync(userId);
        await client.SignInAsync(new SyncUser(userId, _ => ValueTask.FromResult<string?>(userId)));
        UserId = userId;
        Changed?.Invoke();
    }

    private string? FromAddress()
    {
        var pairs = new Uri(navigation.Uri).Query.TrimStart('?').Split('&').Select(pair => pair.Split('=', 2));
        return pairs.Where(pair => pair is ["user" or "access_token", not ""]).Select(pair => Uri.UnescapeDataString(pair[1])).FirstOrDefault();
    }
}
