using System.Globalization;
using System.IO.Hashing;
using WarmContext.Files;

namespace WarmContext.FileCacheWorker.Storm;

/// <summary>A source that is slow, fails and lies, by the dice of its seed.</summary>
internal sealed class StormSource(StormTruth truth, Random dice) : IFileSource
{
    public string Scheme => "storm";

    public string Describe(FileId id) => $"storm://{id}";

    public void Validate(FileId id)
    {
    }

    public async ValueTask<FileSourceResponse> OpenAsync(FileSourceRequest request, CancellationToken cancellationToken)
    {
        var (fate, wait, place) = (Roll(100), Roll(40), Roll(int.MaxValue));
        await Task.Delay(wait == 0 ? 700 : wait, cancellationToken);
        var file = int.Parse(request.Id.Key, CultureInfo.InvariantCulture);
        var version = truth.Current(file);
        var (tag, content) = (StormTruth.Tag(version), StormTruth.Content(file, version));
        await Task.Delay(Roll(20) == 0 ? 900 : 0, cancellationToken);
        switch (fate)
        {
            case 0:
                throw new FileCacheException(FileCacheError.Unreachable, "The storm has cut the line.");
            case 1:
                throw new FileCacheException(FileCacheError.Unavailable, "The storm has no time.");
            case 2:
                throw new IOException("The storm has broken the pipe.");
            case 3 when request.IfNoneMatch is null:
                return new FileSourceResponse { NotModified = true };
        }

        if (request.IfMatch is { } wanted && wanted != tag)
        {
            throw new FileCacheException(FileCacheError.Changed, "It changed.");
        }

        if (request.IfNoneMatch == tag)
        {
            return new FileSourceResponse { NotModified = true };
        }

        var length = (int)(request.Length ?? content.Length);
        if (request.Offset + length > content.Length)
        {
            throw new FileCacheException(FileCacheError.Changed, "It is shorter.");
        }

        var checksum = new FileChecksum(FileChecksumAlgorithm.Crc32, Reversed(Crc32.Hash(content)));
        var body = content.AsSpan((int)request.Offset, length).ToArray();
        if (fate == 4 && length > 0)
        {
            body[place % length] ^= 1;
        }

        return new FileSourceResponse
        {
            EntityTag = fate == 5 && request.Length is not null ? "\"another\"" : tag,
            TotalLength = fate == 6 ? content.Length + 1 : content.Length,
            Offset = request.Offset + (fate == 7 ? 1 : 0),
            Length = length,
            ContentEncoding = fate == 8 ? "gzip" : null,
            Checksums = request.Length is null ? [checksum] : [],
            Body = new StormBody(fate == 9 && length > 0 ? body[..(place % length)] : body, fate == 10 ? 50 : 0),
        };
    }

    private int Roll(int sides)
    {
        lock (dice)
        {
            return dice.Next(sides);
        }
    }

    // The library wants the most significant byte first.
    private static byte[] Reversed(byte[] bytes)
    {
        Array.Reverse(bytes);
        return bytes;
    }

    /// <summary>A body in pieces.</summary>
    private sealed class StormBody(byte[] content, int delay) : MemoryStream(content, writable: false)
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            await Task.Delay(delay, cancellationToken);
            return await base.ReadAsync(buffer[..Math.Min(buffer.Length, 32 * 1024)], cancellationToken);
        }
    }
}
