namespace WarmContext.Files.Tests.Support;

/// <summary>A body that breaks after some bytes.</summary>
internal sealed class BrokenStream(Stream inner, int goodBytes) : MemoryStream
{
    private int _left = goodBytes;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_left == 0)
        {
            throw new IOException("The connection was reset.");
        }

        var read = await inner.ReadAsync(buffer[..Math.Min(buffer.Length, _left)], cancellationToken);
        _left -= read;
        return read;
    }
}
