namespace WarmContext.Relay;

/// <summary>Both ways of a connection at once.</summary>
public static class Duplex
{
    /// <summary>Runs both until either has ended: whichever side ends first, the other has nobody to talk to any more.</summary>
    /// <param name="one">One way.</param>
    /// <param name="other">The other way.</param>
    /// <param name="cancellationToken">Ends both.</param>
    public static async Task UntilEitherEndsAsync(
        Func<CancellationToken, Task> one, Func<CancellationToken, Task> other, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var ways = (One: one(either.Token), Other: other(either.Token));
        await Task.WhenAny(ways.One, ways.Other).ConfigureAwait(false);
        await either.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(ways.One, ways.Other).ConfigureAwait(false);
    }
}
