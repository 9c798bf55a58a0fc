using WarmContext.Files.Diagnostics;

namespace WarmContext.Files.Refreshing;

/// <summary>Opens files that have no room in the cache straight from their source, within the invocation's remaining time.</summary>
internal sealed class PassThrough(IFileSource source, FileCacheOptions options, FileCacheMetrics metrics)
{
    /// <summary>Asks for the whole file; its body is left for the caller to read.</summary>
    /// <param name="id">The file.</param>
    /// <param name="directory">The cache's directory.</param>
    /// <param name="cause">What was wrong with it; null when the file has no room in it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FileCacheException">The source refused or failed, or the invocation's time ran out.</exception>
    public async Task<FileSourceResponse> OpenAsync(
        FileId id, string directory, Exception? cause, CancellationToken cancellationToken)
    {
        var file = source.Describe(id);
        metrics.PassedThrough();
        FileCacheLog.PassedThrough(file, directory, cause);
        var budget = Invocation.CurrentOrDefault?.RemainingTimeLess(options.DeadlineMargin) ?? TimeSpan.MaxValue;
        using var deadline = new CancellationTokenSource(
            budget == TimeSpan.MaxValue ? Timeout.InfiniteTimeSpan : budget, options.Environment.Clock.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            return await source.OpenAsync(new FileSourceRequest(id), either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (deadline.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new FileCacheException(
                FileCacheError.TimedOut,
                $"{file}, which has no room in the cache, was not answered within the {budget.TotalSeconds:0.###} s that the invocation " +
                "had left.",
                exception);
        }
    }
}
