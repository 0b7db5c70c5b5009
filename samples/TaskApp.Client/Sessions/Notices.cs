using Microsoft.AspNetCore.Components;
using Sync.Client;

namespace TaskApp.Client.Sessions;

/// <summary>Short messages that come and go by themselves: refused writes and things to take back.</summary>
public sealed class Notices
{
    private const int MaxShown = 4;
    private static readonly TimeSpan Shown = TimeSpan.FromSeconds(8);
    private static readonly TimeSpan ShownOfRefusal = TimeSpan.FromSeconds(20);

    private readonly List<Notice> _notices = [];
    private readonly TimeProvider _time;

    public Notices(SyncClient client, TimeProvider time, NavigationManager navigation)
    {
        _time = time;
        client.WriteRejected += rejected => Show(new Notice(Refusals.Explain(rejected))
        {
            IsRefusal = true,
            ActionLabel = "Look at it",
            Action = () =>
            {
                navigation.NavigateTo("attention");
                return Task.CompletedTask;
            },
        });
    }

    public IReadOnlyList<Notice> All => _notices;

    public event Action? Changed;

    public void Show(Notice notice)
    {
        if (_notices.Count == MaxShown) _notices.RemoveAt(0);
        _notices.Add(notice);
        Changed?.Invoke();
        _ = DismissLaterAsync(notice);
    }

    public void Dismiss(Notice notice)
    {
        if (_notices.Remove(notice)) Changed?.Invoke();
    }

    private async Task DismissLaterAsync(Notice notice)
    {
        await Task.Delay(notice.IsRefusal ? ShownOfRefusal : Shown, _time);
        Dismiss(notice);
    }
}

/// <summary>One message, and what can be done about it.</summary>
public sealed class Notice(string text)
{
    public string Text { get; } = text;
    public bool IsRefusal { get; init; }
    public string? ActionLabel { get; init; }
    public Func<Task>? Action { get; init; }
}
