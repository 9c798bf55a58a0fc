using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace WarmContext.Files.Tests.Support;

/// <summary>A file source in memory whose answers a test can hold back, count and spoil.</summary>
internal sealed class MemorySource(string scheme = "memory") : IFileSource
{
    private readonly ConcurrentDictionary<FileId, Version> _files = new();
    private int _requests;
    private int _notModified;

    public string Scheme => scheme;

    /// <summary>Every request, in order.</summary>
    public ConcurrentQueue<FileSourceRequest> Log { get; } = new();

    public int Requests => Volatile.Read(ref _requests);

    public int NotModified => Volatile.Read(ref _notModified);

    /// <summary>Awaited before each answer; throws to make the source fail.</summary>
    public Func<FileSourceRequest, CancellationToken, Task>? Before { get; set; }

    /// <summary>Wraps each body.</summary>
    public Func<FileSourceRequest, Stream, Stream>? Body { get; set; }

    /// <summary>Changes each answer.</summary>
    public Func<FileSourceRequest, FileSourceResponse, FileSourceResponse>? Answer { get; set; }

    /// <summary>
    /// The first answer's body comes only when so many requests have been made, so that several workers are at work for sure.
    /// </summary>
    public int HoldFirstBodyUntilRequests { get; set; }

    /// <summary>Answers with the current version whatever was asked for, as a cache on the way may.</summary>
    public bool IgnoresIfMatch { get; set; }

    public bool SendsMd5EntityTags { get; set; }

    public string Describe(FileId id) => $"memory://{id}";

    public void Validate(FileId id)
    {
        if (id.Key == "never")
        {
            throw new ArgumentException("There can be no such file.");
        }
    }

    [System.Diagnostics.CodeAnalysis.SuppressMessage("Security", "CA5351", Justification = "Entity tags of S3 are MD5.")]
    public void Put(FileId id, byte[] content, params FileChecksum[] checksums) => _files[id] = new Version(
        content, SendsMd5EntityTags ? $"\"{Convert.ToHexString(MD5.HashData(content)).ToLowerInvariant()}\""
            : $"\"{Guid.NewGuid():N}-1\"", checksums);

    public void Remove(FileId id) => _files.TryRemove(id, out _);

    public async ValueTask<FileSourceResponse> OpenAsync(FileSourceRequest request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _requests);
        Log.Enqueue(request);
        if (Before is { } before)
        {
            await before(request, cancellationToken);
        }

        cancellationToken.ThrowIfCancellationRequested();
        if (!_files.TryGetValue(request.Id, out var file))
        {
            throw new FileCacheException(FileCacheError.NotFound, $"{Describe(request.Id)} doesn't exist.");
        }

        if (request.IfMatch is not null && !IgnoresIfMatch && request.IfMatch != file.EntityTag)
        {
            throw new FileCacheException(FileCacheError.Changed, $"{Describe(request.Id)} changed.");
        }

        if (request.IfNoneMatch == file.EntityTag)
        {
            Interlocked.Increment(ref _notModified);
            return new FileSourceResponse { NotModified = true };
        }

        var length = request.Length ?? file.Content.Length;
        Stream body = new MemoryStream(file.Content, (int)request.Offset, (int)length, writable: false);
        if (request.Length is null && Log.Count < HoldFirstBodyUntilRequests)
        {
            body = new GatedStream(body, new TaskCompletionSource(), WaitForRequestsAsync());
        }

        var response = new FileSourceResponse
        {
            EntityTag = file.EntityTag,
            TotalLength = file.Content.Length,
            Offset = request.Offset,
            Length = length,
            Checksums = request.Length is null ? file.Checksums : [],
            Body = Body?.Invoke(request, body) ?? body,
        };
        return Answer?.Invoke(request, response) ?? response;
    }

    private async Task WaitForRequestsAsync()
    {
        while (Log.Count < HoldFirstBodyUntilRequests)
        {
            await Task.Delay(1);
        }
    }

    private sealed record Version(byte[] Content, string EntityTag, IReadOnlyList<FileChecksum> Checksums);
}
