using System.Buffers;
using WarmContext.Files.Model;
using WarmContext.Files.Sources;
using WarmContext.Files.Storage;
using WarmContext.Files.Verification;

namespace WarmContext.Files.Download;

/// <summary>
/// Fetches the missing parts of a partial file, several at once, each straight to its place. A worker takes the next missing part, reads on
/// in the answer it has when that stands there, and asks for a range otherwise; what fails is asked for again from where it broke.
/// </summary>
internal sealed class DownloadWorkers(
    IFileSource source, FileCacheOptions options, PartialFile partial, ContentHash hash, Action<long, long> progress)
{
    private const int BufferBytes = 256 * 1024;
    private const int MaxBackoffDoublings = 5;

    // S3 recommends one connection for each 85 to 90 MB/s wanted:
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/optimizing-performance-design-patterns.html (read 2026-11-20).
    private const int WorkersPerCpu = 4;
    private const int MinWorkers = 2;
    private const int MaxWorkers = 16;
    private const int MegabytesPerWorker = 64;

    private static readonly TimeSpan s_firstBackoff = TimeSpan.FromMilliseconds(100);

    private readonly PartLayout _layout = partial.Layout;
    private readonly string _file = source.Describe(partial.Record.Id);
    private int _next = -1;
    private long _fetched;

    /// <summary>How many of so many parts to fetch at once.</summary>
    public static int Count(int parts, FileCacheOptions options)
    {
        var environment = options.Environment;
        var byCpu = Math.Clamp((int)Math.Ceiling(environment.VirtualCpus * WorkersPerCpu), MinWorkers, MaxWorkers);
        var byMemory = Math.Max(1, (environment.MemoryMegabytes ?? int.MaxValue) / MegabytesPerWorker);
        return Math.Min(parts, options.Parallelism ?? Math.Min(byCpu, byMemory));
    }

    /// <summary>Fetches everything that is missing.</summary>
    /// <param name="first">An answer for the whole file whose body has not been read; null when the file is resumed.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task RunAsync(FileSourceResponse? first, CancellationToken cancellationToken)
    {
        var workers = Count(_layout.Count, options);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var watchdog = new IdleWatchdog(options.IdleTimeout, options.Environment.Clock.TimeProvider);
        _fetched = partial.Fetched;

        // The first part is for the worker that has the answer to it already.
        var claimed = TryClaim(out var part);
        var running = new List<Task>(workers)
        {
            Task.Run(() => WorkAsync(first, claimed ? part : null, watchdog, stop), CancellationToken.None),
        };
        for (var worker = 1; worker < workers; worker++)
        {
            running.Add(Task.Run(() => WorkAsync(null, null, watchdog, stop), CancellationToken.None));
        }

        try
        {
            await Task.WhenAll(running).ConfigureAwait(false);
        }
        catch when (!cancellationToken.IsCancellationRequested)
        {
            // The worker that failed stopped the others: its error is the one to see, not their cancellations.
            var failures = running.Select(static worker => worker.Exception?.InnerException);
            throw failures.OfType<FileCacheException>().FirstOrDefault()
                ?? failures.FirstOrDefault(static exception => exception is not null and not OperationCanceledException)
                ?? new FileCacheException(FileCacheError.Other, $"{_file} could not be fetched.");
        }
    }

    private async Task WorkAsync(FileSourceResponse? first, int? claimed, IdleWatchdog watchdog, CancellationTokenSource stop)
    {
        var body = first is null ? null : new ResponseBody(first, _file);
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            for (var part = claimed ?? -1; part >= 0 || TryClaim(out part); part = -1)
            {
                body = await FetchAsync(part, body, buffer, watchdog, stop.Token).ConfigureAwait(false);
            }
        }
        catch
        {
            await stop.CancelAsync().ConfigureAwait(false);
            throw;
        }
        finally
        {
            body?.Dispose();
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private bool TryClaim(out int part)
    {
        do
        {
            part = Interlocked.Increment(ref _next);
        }
        while (part < _layout.Count && IsComplete(part));

        return part < _layout.Count;
    }

    /// <summary>An empty part is asked for all the same: it is the only one.</summary>
    private bool IsComplete(int part) => partial.Done[part] > 0 && partial.Done[part] == _layout.Length(part);

    private async Task<ResponseBody?> FetchAsync(
        int part, ResponseBody? body, byte[] buffer, IdleWatchdog watchdog, CancellationToken cancellationToken)
    {
        var begin = _layout.Offset(part);
        var end = begin + _layout.Length(part);
        var position = begin + partial.Done[part];
        var marked = position;
        hash.ReadBack(part, partial.Done[part]);
        for (var failures = 0; ;)
        {
            using var watch = watchdog.Start(cancellationToken);
            try
            {
                if (body is not null && body.Position != position)
                {
                    body.Dispose();
                    body = null;
                }

                body ??= position == end ? null : await OpenAsync(position, end - position, watch).ConfigureAwait(false);
                while (position < end)
                {
                    var read = await body!.ReadAsync(
                        buffer.AsMemory(0, (int)Math.Min(buffer.Length, end - position)), watch.Token).ConfigureAwait(false);
                    watch.NoteProgress();
                    var bytes = buffer.AsSpan(0, read);
                    RandomAccess.Write(partial.Handle, bytes, position);
                    hash.Append(part, bytes);
                    position += read;
                    if (position - marked >= PartialFile.CheckpointBytes && position < end)
                    {
                        partial.MarkProgress(part, position - begin);
                        marked = position;
                    }

                    progress(Interlocked.Add(ref _fetched, read), _layout.Total);
                }

                if (body is not null && body.Position == body.End)
                {
                    await body.FinishAsync(buffer, watch.Token).ConfigureAwait(false);
                    body.Dispose();
                    body = null;
                }

                partial.MarkComplete(part);
                hash.Complete(part);
                return body;
            }
            catch (Exception exception) when (Mark(part, position - begin) && !cancellationToken.IsCancellationRequested
                && AsFailure(exception, watch) is { } failure)
            {
                body?.Dispose();
                body = null;
                // All bytes there, and yet no good end: too long, or refused by a check of the source's own. No range mends that.
                if (position == end || !IsWorthRetrying(failure) || ++failures >= options.MaxAttempts)
                {
                    throw failure;
                }

                // The first time at once: one broken connection says nothing of the next.
                if (failures > 1)
                {
                    await Task.Delay(
                        s_firstBackoff * (1 << Math.Min(failures - 2, MaxBackoffDoublings)), options.Environment.Clock.TimeProvider,
                        cancellationToken).ConfigureAwait(false);
                }
            }
        }
    }

    private async Task<ResponseBody> OpenAsync(long offset, long length, IdleWatchdog.Watch watch)
    {
        var request = new FileSourceRequest(partial.Record.Id)
        {
            IfMatch = partial.Record.EntityTag,
            Offset = offset,
            Length = length,
            KnownLength = _layout.Total,
            KnownEncoding = partial.Record.ContentEncoding,
        };
        var response = await source.OpenAsync(request, watch.Token).ConfigureAwait(false);
        watch.NoteProgress();
        return new ResponseBody(response, _file);
    }

    /// <summary>Notes how far a part has come that something went wrong with: also when the invocation's time is over.</summary>
    private bool Mark(int part, long bytes)
    {
        partial.MarkProgress(part, bytes);
        return true;
    }

    /// <summary>Without an entity tag nobody knows whether the rest would be of the same version.</summary>
    private bool IsWorthRetrying(FileCacheException failure) =>
        partial.Record.EntityTag is not null && failure.IsTransient && failure.Error != FileCacheError.Changed;

    private FileCacheException? AsFailure(Exception exception, IdleWatchdog.Watch watch) => exception switch
    {
        FileCacheException failure => failure,
        OperationCanceledException when watch.Stalled => new FileCacheException(
            FileCacheError.Stalled, $"Nothing came of {_file} for {options.IdleTimeout.TotalSeconds:0.###} s.", exception),
        _ => null,
    };
}
