using System.Threading.RateLimiting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Sync.Server;

namespace Sync.AspNetCore;

/// <summary>What every endpoint begins and ends with: who calls, whether they may now, which server it is for, and an answer for whatever goes wrong inside.</summary>
internal sealed partial class Door(SyncEndpointOptions options, ServerChoice servers, ILogger log)
{
    private static readonly TimeSpan RetryAfterUnlessSaid = TimeSpan.FromSeconds(1);

    public async Task EnterAsync(HttpContext context, Func<HttpContext, SyncServer, Caller, Task> handle)
    {
        try
        {
            if (await CallerOrRefusalAsync(context).ConfigureAwait(false) is { } caller) await ServeAsync(context, caller, handle).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody is left to answer.
        }
        catch (TenantUnavailableException e) when (!context.Response.HasStarted)
        {
            await Answers.ErrorAsync(context, ErrorCodes.Busy, "The server is busy. Come again later.", e.RetryAfter).ConfigureAwait(false);
        }
        catch (StoreUnavailableException e) when (!context.Response.HasStarted)
        {
            StoreUnavailable(log, e, context.Request.Path);
            await Answers.ErrorAsync(context, ErrorCodes.Busy, "The server is busy. Come again later.", RetryAfterUnlessSaid).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await Answers.BrokenRequestAsync(context, e.StatusCode).ConfigureAwait(false);
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            // The edge of the process: whatever an app's callback or a store throws is logged here, and stays here.
            Failed(log, e, context.Request.Path);
            await Answers.ErrorAsync(context, ErrorCodes.Internal, "The server failed. Nothing is known to be stored; the same txId may be sent again.").ConfigureAwait(false);
        }
    }

    private async Task ServeAsync(HttpContext context, Caller caller, Func<HttpContext, SyncServer, Caller, Task> handle)
    {
        using var lease = await servers.EnterAsync(context).ConfigureAwait(false);
        await (lease.Server switch
        {
            null => Answers.ErrorAsync(context, ErrorCodes.UnknownTenant, "There is nothing at this address."),
            { IsStopping: true } => Answers.ErrorAsync(context, ErrorCodes.Busy, "The server is going away. Come again later.", RetryAfterUnlessSaid),
            var server => handle(context, server, caller),
        }).ConfigureAwait(false);
    }

    private async ValueTask<Caller?> CallerOrRefusalAsync(HttpContext context)
    {
        var verdict = await SignInPolicy.JudgeAsync(context).ConfigureAwait(false);
        var caller = SignIn.CallerOf(context, options.UserId);
        if (verdict.Challenged || caller is null)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            await Answers.ErrorAsync(context, ErrorCodes.NotSignedIn, "Sign in first.").ConfigureAwait(false);
            return null;
        }

        if (verdict.Forbidden)
        {
            await Answers.ErrorAsync(context, ErrorCodes.NotAllowed, "This user may not use this address.").ConfigureAwait(false);
            return null;
        }

        if (options.RateLimiter is not { } limiter) return caller;
        using var lease = await limiter.AcquireAsync(caller, 1, context.RequestAborted).ConfigureAwait(false);
        if (lease.IsAcquired) return caller;

        var retryAfter = lease.TryGetMetadata(MetadataName.RetryAfter, out var said) ? said : RetryAfterUnlessSaid;
        await Answers.ErrorAsync(context, ErrorCodes.RateLimited, "Too many requests. Come again later.", retryAfter).ConfigureAwait(false);
        return null;
    }

    [LoggerMessage(3001, LogLevel.Error, "A request to {Path} failed.")]
    private static partial void Failed(ILogger log, Exception e, PathString path);

    [LoggerMessage(3002, LogLevel.Warning, "A request to {Path} could not read the store.")]
    private static partial void StoreUnavailable(ILogger log, Exception e, PathString path);
}
