using WarmContext.Files.Diagnostics;

namespace WarmContext.Files.Refreshing;

/// <summary>
/// Revalidates files while their stale copies are served: as tracked background work of the invocation, where there is one.
/// </summary>
internal sealed class BackgroundRefresh(SingleFlight flights, IFileSource source)
{
    /// <summary>Starts it, unless it is under way.</summary>
    public void Start(FileId id)
    {
        if (flights.IsUnderWay(id))
        {
            return;
        }

        if (Invocation.CurrentOrDefault is { } invocation)
        {
            try
            {
                var name = $"refresh {source.Describe(id)}";
                invocation.Background.Run(
                    name[..Math.Min(name.Length, BackgroundTasks.MaxNameLength)], cancellationToken => RunAsync(id, cancellationToken));
            }
            catch (InvalidOperationException)
            {
                // The invocation has ended: the next one that uses the file refreshes it.
            }
        }
        else
        {
            _ = RunAsync(id, CancellationToken.None);
        }
    }

    private async Task RunAsync(FileId id, CancellationToken cancellationToken)
    {
        try
        {
            (await flights.LeaseAsync(id, revalidates: true, null, cancellationToken).ConfigureAwait(false)).Release();
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Whatever it is, such as a new version that has no room: the stale copy was served, and no handler fails for it.
            FileCacheLog.BackgroundRefreshFailed(source.Describe(id), exception);
        }
    }
}
