namespace WarmContext.Lambda.Handlers;

/// <summary>The end of a priming run, with an explanation where Amazon.Lambda.Core's own would mislead.</summary>
internal static class PrimingResult
{
    // The type isn't in the oldest Amazon.Lambda.Core that this package runs with, so its name has to do.
    private const string StreamFactory = "LambdaResponseStreamFactory";

    /// <summary>Awaits the run. One that failed because it asked for a response stream fails with an exception that says why.</summary>
    public static async Task<TOutput> ExplainAsync<TOutput>(Task<TOutput> running)
    {
        try
        {
            return await running.ConfigureAwait(false);
        }
        catch (InvalidOperationException exception)
            when (exception.Message.StartsWith(StreamFactory, StringComparison.Ordinal))
        {
            throw new InvalidOperationException(
                "A handler can't stream its response while it is primed: Lambda's runtime makes response streams only after Init. " +
                "Where Invocation.IsPriming is set, write to Stream.Null instead.",
                exception);
        }
    }
}
