namespace WarmContext.Files.Sources;

/// <summary>The body of one answer, and where in the file it stands.</summary>
internal sealed class ResponseBody(FileSourceResponse response, string file) : IDisposable
{
    public long Position { get; private set; } = response.Offset;

    public long End { get; } = response.Offset + response.Length;

    /// <summary>Reads on; a broken or cut body is a <see cref="FileCacheException"/>.</summary>
    public async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int read;
        try
        {
            read = await response.Body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException and not FileCacheException)
        {
            throw new FileCacheException(
                FileCacheError.Unreachable, $"The connection broke at byte {Position:N0} of {file} ({exception.Message}).", exception);
        }

        if (read == 0)
        {
            throw new FileCacheException(
                FileCacheError.Corrupt, $"The body of {file} ended at byte {Position:N0}, before the {End:N0} that were announced.");
        }

        Position += read;
        return read;
    }

    /// <summary>
    /// Reads the end of a body whose announced bytes have all come, so that its connection can be used again, and its own checks are made.
    /// </summary>
    public async ValueTask FinishAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        int more;
        try
        {
            more = await response.Body.ReadAsync(buffer[..1], cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not OperationCanceledException and not FileCacheException)
        {
            throw new FileCacheException(FileCacheError.Corrupt, $"The body of {file} did not end well ({exception.Message}).", exception);
        }

        if (more != 0)
        {
            throw new FileCacheException(
                FileCacheError.Corrupt, $"The body of {file} is longer than the {response.Length:N0} bytes that were announced.");
        }
    }

    public void Dispose() => Close(response);

    /// <summary>
    /// Lets go of an answer. What its stream throws then, as the SDK's do for a damaged body, was told by a read already.
    /// </summary>
    public static void Close(FileSourceResponse response)
    {
        try
        {
            response.Dispose();
        }
        catch (Exception)
        {
            // Its connection is of no more use, and that is all.
        }
    }
}
