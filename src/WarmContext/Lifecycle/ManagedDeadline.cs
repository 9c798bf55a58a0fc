using System.Globalization;

namespace WarmContext;

/// <summary>Ends an invocation at its deadline where Lambda doesn't: on Managed Instances.</summary>
internal static class ManagedDeadline
{
    public static async Task<TResult> WaitAsync<TResult>(Invocation invocation, Task<TResult> handling)
    {
        // Armed first, so that a handler that observes its token ends by itself, with its own answer.
        _ = invocation.DeadlineToken;
        if (handling.IsCompleted)
        {
            return await handling.ConfigureAwait(false);
        }

        var time = invocation.Environment.Clock.TimeProvider;
        try
        {
            return await handling.WaitAsync(invocation.RemainingTime, time).ConfigureAwait(false);
        }
        catch (TimeoutException) when (!handling.IsCompleted)
        {
            _ = ObserveAsync(invocation.RequestId, handling);
            throw new TimeoutException(string.Create(
                CultureInfo.InvariantCulture,
                $"Invocation {invocation.RequestId} went on past its deadline ({invocation.Deadline:O}) and was given up. Pass Invocation.DeadlineToken on to what the handler waits for."));
        }
    }

    /// <summary>Observes what the handler ends with in the end, so that it is neither lost nor the finalizer's to report.</summary>
    private static async Task ObserveAsync(string requestId, Task handling)
    {
        await handling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        WarmContextLog.HandlerOutlivedInvocation(requestId, handling.Exception?.InnerException);
    }
}
