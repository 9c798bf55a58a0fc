using System.Buffers;
using Microsoft.Win32.SafeHandles;
using WarmContext.Files.Download;

namespace WarmContext.Files.Checksums;

/// <summary>
/// The checksums of a file while it arrives in parts: CRCs as the bytes pass, the others as the parts in front are complete. With nothing to
/// compare with, a CRC is computed all the same, for the record.
/// </summary>
internal sealed class ContentHash : IAsyncDisposable
{
    private const int BufferBytes = 256 * 1024;

    private static readonly (FileChecksumAlgorithm Algorithm, ReflectedCrc Crc)[] s_crcs =
    [
        (FileChecksumAlgorithm.Crc64Nvme, ReflectedCrc.Crc64Nvme), (FileChecksumAlgorithm.Crc32C, ReflectedCrc.Crc32C), (FileChecksumAlgorithm.Crc32, ReflectedCrc.Crc32),
    ];

    private readonly object _gate = new();
    private readonly PartLayout _layout;
    private readonly SafeFileHandle? _file;
    private readonly (FileChecksumAlgorithm Algorithm, ReflectedCrc Crc)[] _crcs;
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
        _crcs = s_crcs.Where(crc => expected.Any(checksum => checksum.Algorithm == crc.Algorithm)).ToArray();
        _sequential = expected.Select(static checksum => checksum.Algorithm).Where(static algorithm => algorithm >= FileChecksumAlgorithm.Sha1)
            .Distinct().Select(static algorithm => new SequentialHash(algorithm)).ToArray();
        if (_crcs.Length == 0 && _sequential.Length == 0)
        {
            _crcs = [s_crcs[0]];
        }

        _parts = new PartHash?[layout.Count];
        _complete = new bool[layout.Count];
    }

    /// <summary>Takes the next bytes of a part; each part's bytes in their order, by one thread at a time.</summary>
    public void Append(int part, ReadOnlySpan<byte> bytes)
    {
        if (_crcs.Length > 0)
        {
            (_parts[part] ??= new PartHash(_crcs.Select(static crc => crc.Crc).ToArray())).Append(bytes);
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

    /// <summary>The checksums of the whole file, once every part is complete.</summary>
    public async Task<FileChecksum[]> FinishAsync()
    {
        await _follower.ConfigureAwait(false);
        var results = new List<FileChecksum>(_crcs.Length + _sequential.Length);
        for (var i = 0; i < _crcs.Length; i++)
        {
            results.Add(new FileChecksum(_crcs[i].Algorithm, _crcs[i].Crc.ToBytes(Combined(i))));
        }

        results.AddRange(_sequential.Select(static hash => new FileChecksum(hash.Algorithm, hash.Finish())));
        return results.ToArray();
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

    /// <summary>Reads a part that an earlier process left complete.</summary>
    public void ReadBack(int part)
    {
        if (_crcs.Length > 0)
        {
            _parts[part] = null;
            Read(part, bytes => Append(part, bytes));
        }

        Complete(part);
    }

    private ulong Combined(int algorithm)
    {
        var crc = _crcs[algorithm].Crc;
        var combined = 0UL;
        for (var part = 0; part < _parts.Length; part++)
        {
            // No bytes at all: the checksum of nothing, which is 0.
            var piece = _parts[part];
            combined = piece is null ? combined : part == 0 ? piece.Checksum(algorithm) : crc.Combine(combined, piece.Checksum(algorithm), piece.Length);
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

            Read(part, bytes =>
            {
                foreach (var hash in _sequential)
                {
                    hash.Append(bytes);
                }
            });
        }
    }

    private void Read(int part, ReadOnlySpanAction append)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            var offset = _layout.Offset(part);
            var end = offset + _layout.Length(part);
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
}
