namespace WarmContext.Environments;

/// <summary>A warm-up as its environment sees it: work of Init that invocations carry on with until it is done.</summary>
internal interface IWarmUpWork
{
    /// <summary>Ends when every item has ended; never fails.</summary>
    Task WhenFinishedAsync();

    /// <summary>How much longer its items are waited for; zero or less when they aren't any more.</summary>
    TimeSpan TimeLeft { get; }

    /// <summary>Tracks what still runs as background work of the invocation, so that it isn't frozen halfway.</summary>
    /// <returns>True when nothing is left to do: no later invocation need ask again.</returns>
    bool ContinueIn(Invocation invocation);
}
