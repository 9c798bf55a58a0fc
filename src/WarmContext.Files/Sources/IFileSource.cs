namespace WarmContext.Files;

/// <summary>Where a <see cref="FileCache"/> gets its files. Implementations must be safe under concurrent calls.</summary>
public interface IFileSource
{
    /// <summary>A short name that keeps this kind of source apart from others in one cache directory, such as <c>s3</c>.</summary>
    string Scheme { get; }

    /// <summary>The file's full name for messages, such as <c>s3://bucket/key</c>.</summary>
    /// <param name="id">The file.</param>
    string Describe(FileId id);

    /// <summary>Throws <see cref="ArgumentException"/> when the source can never have such a file.</summary>
    /// <param name="id">The file.</param>
    void Validate(FileId id);

    /// <summary>
    /// Asks for a file or a range of it. The task ends when the answer's headers are there; the body is read from the response.
    /// </summary>
    /// <param name="request">The file, the range and the conditions.</param>
    /// <param name="cancellationToken">Stops asking.</param>
    /// <exception cref="FileCacheException">The source refused or failed; its <see cref="FileCacheException.Error"/> says how.</exception>
    ValueTask<FileSourceResponse> OpenAsync(FileSourceRequest request, CancellationToken cancellationToken);
}
