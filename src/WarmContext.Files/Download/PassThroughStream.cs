using WarmContext.Files.Model;
using WarmContext.Files.Sources;
using WarmContext.Files.Verification;

namespace WarmContext.Files.Download;

/// <summary>
/// A file's body straight from its source, verified at its end: the read of the last bytes throws when the file came damaged, and any read
/// when nothing comes.
/// </summary>
internal sealed class PassThroughStream : Stream
{
    private readonly FileSourceResponse _response;
    private readonly ResponseBody _body;
    private readonly ContentHash _hash;
    private readonly IdleWatchdog _watchdog;
    private readonly TimeSpan _idleTimeout;
    private readonly string _file;
    private bool _ended;

    public PassThroughStream(FileSourceResponse response, string file, FileCacheOptions options)
    {
        _response = response;
        _file = file;
        _idleTimeout = options.IdleTimeout;
        _watchdog = new IdleWatchdog(_idleTimeout, options.Environment.Clock.TimeProvider);
        _body = new ResponseBody(response, file);
        _hash = new ContentHash(PartLayout.Whole(response.TotalLength), null, response.Checksums);
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => _response.TotalLength;

    public override long Position
    {
        get => _body.Position;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty || _ended)
        {
            return 0;
        }

        // Each read by itself: what the reader does between two of them takes its time.
        using var watch = _watchdog.Start(cancellationToken);
        try
        {
            return await ReadOnAsync(buffer, watch.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException exception) when (watch.Stalled && !cancellationToken.IsCancellationRequested)
        {
            throw new FileCacheException(
                FileCacheError.Stalled, $"Nothing came of {_file} for {_idleTimeout.TotalSeconds:0.###} s.", exception);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _watchdog.Dispose();
            _body.Dispose();
            _ = _hash.DisposeAsync().AsTask();
        }

        base.Dispose(disposing);
    }

    private async ValueTask<int> ReadOnAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        var read = 0;
        if (_body.Position < _body.End)
        {
            read = await _body.ReadAsync(
                buffer[..(int)Math.Min(buffer.Length, _body.End - _body.Position)], cancellationToken).ConfigureAwait(false);
            _hash.Append(0, buffer.Span[..read]);
        }

        // Before the last bytes are handed out: a reader who knows the length doesn't ask for more.
        if (_body.Position == _body.End)
        {
            await _body.FinishAsync(new byte[1], cancellationToken).ConfigureAwait(false);
            await _hash.VerifyAsync(_file).ConfigureAwait(false);
            _ended = true;
        }

        return read;
    }
}
