using System.Buffers;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;
using WarmContext.Files.Model;

namespace WarmContext.Files.Verification;

/// <summary>
/// The checksums of a file while it arrives in parts, and their comparison with what is expected of it: CRCs as the bytes pass, the others
/// as the parts in front are complete. With nothing to compare with, a CRC is computed all the same, for the record.
/// </summary>
internal sealed class ContentHash : IAsyncDisposable
{
    private const int BufferBytes = 256 * 1024;

    private readonly object _gate = new();
    private readonly PartLayout _layout;
    private readonly SafeFileHandle? _file;
    private readonly IReadOnlyList<FileChecksum> _expected;
    private readonly Crc[] _crcs;
    private readonly SequentialHash[] _sequential;
    private readonly PartHash?[] _parts;
    private readonly bool[] _complete;
    private int _hashed;
    private Task _follower = Task.CompletedTask;
    private bool _following;
    private bool _stopped;

    public ContentHash(PartLayout layout, SafeFileHandle? file, IReadOnlyList<FileChecksum> expected)
    {
        _layout = layout;
        _file = file;
        _expected = expected;
        _crcs = Crc.All.Where(crc => expected.Any(checksum => checksum.Algorithm == crc.Algorithm)).ToArray();
        _sequential = expected.Select(static checksum => checksum.Algorithm)
            .Where(static algorithm => algorithm >= FileChecksumAlgorithm.Sha1)
            .Distinct().Select(static algorithm => new SequentialHash(algorithm)).ToArray();
        if (_crcs.Length == 0 && _sequential.Length == 0)
        {
            _crcs = [Crc.All[0]];
        }

        _parts = new PartHash?[layout.Count];
        _complete = new bool[layout.Count];
    }

    /// <summary>Reads a file on disk and compares it with the checksum that was computed when it was fetched.</summary>
    public static bool IsIntact(SafeFileHandle file, long length, FileChecksum? expected)
    {
        if (expected is not { } checksum)
        {
            return false;
        }

        var hash = new ContentHash(PartLayout.Whole(length), file, [checksum]);
        try
        {
            hash.ReadBack(0);
            hash.VerifyAsync(string.Empty).GetAwaiter().GetResult();
            return true;
        }
        catch (IOException)
        {
            return false;
        }
        finally
        {
            hash.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    /// <summary>Takes the next bytes of a part; each part's bytes in their order, by one thread at a time.</summary>
    public void Append(int part, ReadOnlySpan<byte> bytes)
    {
        if (_crcs.Length > 0)
        {
            (_parts[part] ??= new PartHash(_crcs)).Append(bytes);
        }

        // A file of one part comes in order anyway.
        if (_layout.Count == 1)
        {
            foreach (var hash in _sequential)
            {
                hash.Append(bytes);
            }
        }
    }

    /// <summary>A part is on disk. Those that need the file in order go on from where they are.</summary>
    public void Complete(int part)
    {
        lock (_gate)
        {
            _complete[part] = true;
            if (!_stopped && _sequential.Length > 0 && _layout.Count > 1 && !_following && _complete[_hashed])
            {
                _following = true;
                _follower = Task.Run(Follow);
            }
        }
    }

    /// <summary>Reads a part that an earlier process left complete.</summary>
    public void ReadBack(int part)
    {
        // A file of one part has nobody who follows.
        if (_crcs.Length > 0 || _layout.Count == 1)
        {
            ReadBack(part, _layout.Length(part));
        }

        Complete(part);
    }

    /// <summary>Reads the beginning of a part that an earlier process left; the rest is appended.</summary>
    public void ReadBack(int part, long length)
    {
        if (_crcs.Length > 0 || _layout.Count == 1)
        {
            Read(part, length, bytes => Append(part, bytes));
        }
    }

    /// <summary>Compares the whole file with what is expected of it, once every part is complete.</summary>
    /// <param name="file">The file's name for the message.</param>
    /// <returns>A checksum of the file, for the record.</returns>
    /// <exception cref="FileCacheException">A checksum is another than the expected one.</exception>
    public async Task<FileChecksum> VerifyAsync(string file)
    {
        await _follower.ConfigureAwait(false);
        var actual = new List<FileChecksum>(_crcs.Length + _sequential.Length);
        for (var i = 0; i < _crcs.Length; i++)
        {
            actual.Add(_crcs[i].ToChecksum(Combined(i)));
        }

        actual.AddRange(_sequential.Select(static hash => new FileChecksum(hash.Algorithm, hash.Finish())));
        foreach (var expected in _expected)
        {
            var found = actual.First(checksum => checksum.Algorithm == expected.Algorithm);
            if (!found.Value.Span.SequenceEqual(expected.Value.Span))
            {
                throw new FileCacheException(
                    FileCacheError.Corrupt,
                    $"{file} came damaged: its {expected.Algorithm} is {Convert.ToHexString(found.Value.Span)}, and not " +
                        $"{Convert.ToHexString(expected.Value.Span)}.");
            }
        }

        return actual[0];
    }

    /// <summary>Stops following; only then may the file be closed.</summary>
    public async ValueTask DisposeAsync()
    {
        Task follower;
        lock (_gate)
        {
            _stopped = true;
            follower = _follower;
        }

        await follower.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var hash in _sequential)
        {
            hash.Dispose();
        }
    }

    private ulong Combined(int algorithm)
    {
        var combined = 0UL;
        for (var part = 0; part < _parts.Length; part++)
        {
            // No bytes at all: the checksum of nothing, which is 0.
            var piece = _parts[part];
            combined = piece is null ? combined : part == 0 ? piece.Checksum(algorithm) : _crcs[algorithm].Combine(
                combined, piece.Checksum(algorithm), piece.Length);
        }

        return combined;
    }

    private void Follow()
    {
        while (true)
        {
            int part;
            lock (_gate)
            {
                if (_stopped || _hashed == _layout.Count || !_complete[_hashed])
                {
                    _following = false;
                    return;
                }

                part = _hashed++;
            }

            Read(part, _layout.Length(part), bytes =>
            {
                foreach (var hash in _sequential)
                {
                    hash.Append(bytes);
                }
            });
        }
    }

    private void Read(int part, long length, ReadOnlySpanAction append)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            var offset = _layout.Offset(part);
            var end = offset + length;
            while (offset < end)
            {
                var read = RandomAccess.Read(_file!, buffer.AsSpan(0, (int)Math.Min(buffer.Length, end - offset)), offset);
                if (read == 0)
                {
                    throw new EndOfStreamException("The partial file ends too early.");
                }

                append(buffer.AsSpan(0, read));
                offset += read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private delegate void ReadOnlySpanAction(ReadOnlySpan<byte> bytes);

    /// <summary>The CRCs of one part, fed in order while it arrives.</summary>
    private sealed class PartHash(Crc[] crcs)
    {
        private readonly NonCryptographicHashAlgorithm[] _computations = Array.ConvertAll(crcs, static crc => crc.Create());

        public long Length { get; private set; }

        public void Append(ReadOnlySpan<byte> bytes)
        {
            foreach (var computation in _computations)
            {
                computation.Append(bytes);
            }

            Length += bytes.Length;
        }

        public ulong Checksum(int algorithm) => Crc.Current(_computations[algorithm]);
    }
}
