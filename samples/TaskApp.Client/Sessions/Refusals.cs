using Sync.Client;
using TaskApp.Model;

namespace TaskApp.Client.Sessions;

/// <summary>What a notice says about a write that was taken back.</summary>
internal static class Refusals
{
    public static string Explain(RejectedWrite rejected) => Explain(rejected.Label, rejected.Code, rejected.Message);

    public static string Explain(string? label, string code, string message) => $"{What(label)} was not accepted and has been taken back: {RefusalReasons.Of(code, message)}";

    private static string What(string? label) => string.IsNullOrEmpty(label) ? "Your change" : $"“{label}”";
}
