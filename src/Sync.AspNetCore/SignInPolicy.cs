using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Sync.AspNetCore;

/// <summary>
/// What <c>RequireAuthorization</c> and the app's fallback policy ask, judged inside our endpoints, so that a refusal has our JSON and never a redirect
/// to a page. The authorization middleware still signs the caller in by the policy's schemes; it only leaves the verdict to us.
/// </summary>
internal static class SignInPolicy
{
    private static readonly AllowAnonymousAttribute LeftToTheEndpoint = new();

    public static void JudgedByTheEndpoint(EndpointBuilder endpoint)
    {
        if (endpoint.Metadata.OfType<IAllowAnonymous>().Any()) endpoint.Metadata.Add(SignInOnly.Instance);
        endpoint.Metadata.Add(LeftToTheEndpoint);
    }

    public static async ValueTask<PolicyAuthorizationResult> JudgeAsync(HttpContext context)
    {
        var metadata = context.GetEndpoint()?.Metadata ?? EndpointMetadataCollection.Empty;
        if (metadata.GetMetadata<SignInOnly>() is not null) return PolicyAuthorizationResult.Success();

        var policy = await PolicyOfAsync(metadata, context.RequestServices).ConfigureAwait(false);
        if (policy is null) return PolicyAuthorizationResult.Success();

        var evaluator = context.RequestServices.GetRequiredService<IPolicyEvaluator>();
        var authentication = await evaluator.AuthenticateAsync(policy, context).ConfigureAwait(false);

        // Authenticating sets the user, and setting the user forgets the ticket with its expiry: it is put back.
        if (context.Features.Get<IAuthenticateResultFeature>() is { } feature && authentication.Succeeded) feature.AuthenticateResult = authentication;
        return await evaluator.AuthorizeAsync(policy, authentication, context, context).ConfigureAwait(false);
    }

    private static async ValueTask<AuthorizationPolicy?> PolicyOfAsync(EndpointMetadataCollection metadata, IServiceProvider services)
    {
        var data = metadata.GetOrderedMetadata<IAuthorizeData>();
        var policies = metadata.GetOrderedMetadata<AuthorizationPolicy>();
        var requirements = metadata.GetOrderedMetadata<IAuthorizationRequirementData>();
        var isAsked = data.Count + policies.Count + requirements.Count > 0;

        var provider = services.GetService<IAuthorizationPolicyProvider>();
        if (provider is null)
            return isAsked ? throw new InvalidOperationException("RequireAuthorization needs builder.Services.AddAuthorization().") : null;

        var policy = await AuthorizationPolicy.CombineAsync(provider, data, policies).ConfigureAwait(false);
        if (requirements.Count == 0) return policy;

        var required = new AuthorizationPolicyBuilder().AddRequirements([.. requirements.SelectMany(r => r.GetRequirements())]).Build();
        return policy is null ? required : AuthorizationPolicy.Combine(policy, required);
    }

    /// <summary>The app itself said <c>AllowAnonymous</c>: no policy is judged, and the caller still needs a user id.</summary>
    private sealed class SignInOnly
    {
        public static SignInOnly Instance { get; } = new();
    }
}
