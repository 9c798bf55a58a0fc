using System.Collections.Concurrent;
using System.Security.Cryptography;
using WarmContext.Files.Tests.Support;

namespace WarmContext.Files.Tests.Verification;

public sealed class VerifiedDownloadTests : IDisposable
{
    private const int PartSize = 64 * 1024;

    private readonly CacheFixture _fixture = new(
        static options => (options.PartSize, options.Parallelism) = (PartSize, 4), systemTime: true);

    private static FileId Id => CacheFixture.Id;

    public void Dispose() => _fixture.Dispose();

    public static TheoryData<FileChecksumAlgorithm, int> Algorithms
    {
        get
        {
            var data = new TheoryData<FileChecksumAlgorithm, int>();
            foreach (var algorithm in Enum.GetValues<FileChecksumAlgorithm>())
            {
                data.Add(algorithm, 1000);
                data.Add(algorithm, 0);
                data.Add(algorithm, (10 * PartSize) + 5);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task Every_checksum_is_computed_over_the_whole_file(FileChecksumAlgorithm algorithm, int length)
    {
        var content = CacheFixture.Bytes(length);
        _fixture.Source.Put(Id, content, Checksum(algorithm, content));
        using var file = await _fixture.Cache.GetAsync(Id);
        Assert.Equal(content, await File.ReadAllBytesAsync(file.Path));
    }

    [Theory]
    [MemberData(nameof(Algorithms))]
    public async Task A_mismatch_is_never_served(FileChecksumAlgorithm algorithm, int length)
    {
        var content = CacheFixture.Bytes(length);
        var wrong = Checksum(algorithm, content).Value.ToArray();
        wrong[^1] ^= 1;
        _fixture.Source.Put(Id, content, new FileChecksum(algorithm, wrong));

        var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id));

        Assert.Equal(FileCacheError.Corrupt, exception.Error);
        Assert.Empty(_fixture.Names("d-"));
        Assert.Empty(_fixture.Names("p-"));
    }

    [Fact]
    public async Task A_file_damaged_once_is_fetched_again()
    {
        _fixture.Source.HoldFirstBodyUntilRequests = 4;
        var content = CacheFixture.Bytes(10 * PartSize);
        _fixture.Source.Put(Id, content, Checksum(FileChecksumAlgorithm.Crc64Nvme, content));
        var damaged = 0;
        _fixture.Source.Body = (request, body) =>
            request.Offset == 2 * PartSize && Interlocked.Exchange(ref damaged, 1) == 0 ? new MemoryStream(new byte[PartSize]) : body;
        using var file = await _fixture.Cache.GetAsync(Id);
        Assert.Equal(content, await File.ReadAllBytesAsync(file.Path));
    }

    [Fact]
    public async Task What_is_resumed_is_verified_with_the_rest()
    {
        _fixture.Source.HoldFirstBodyUntilRequests = 4;
        var content = CacheFixture.Bytes(10 * PartSize);
        _fixture.Source.Put(Id, content, Checksum(FileChecksumAlgorithm.Sha256, content), Checksum(FileChecksumAlgorithm.Crc32, content));
        _fixture.Source.Body = static (request, body) => request.Offset >= 7 * PartSize ? new BrokenStream(body, 0) : body;
        await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id));
        _fixture.Source.Body = null;
        using (var file = File.OpenWrite(Path.Combine(_fixture.Directory, _fixture.Names("p-").Single())))
        {
            file.WriteByte((byte)~content[0]);
        }

        using var fetched = await _fixture.Reopen().GetAsync(Id);

        Assert.Equal(content, await File.ReadAllBytesAsync(fetched.Path));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_of_another_length_than_announced_is_never_served(bool longer)
    {
        var content = CacheFixture.Bytes(1000);
        _fixture.Source.Put(Id, content);
        _fixture.Source.Body = (request, body) =>
            new MemoryStream([.. content[(int)request.Offset..(longer ? 1000 : 999)], .. longer ? new byte[1] : []]);
        var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await _fixture.Cache.GetAsync(Id));
        Assert.Equal(FileCacheError.Corrupt, exception.Error);
        Assert.Empty(_fixture.Names("d-"));
        Assert.Empty(_fixture.Names("p-"));
    }

    private static FileChecksum Checksum(FileChecksumAlgorithm algorithm, byte[] content)
    {
#pragma warning disable CA5350, CA5351 // The algorithms that S3 uses.
        return new FileChecksum(algorithm, algorithm switch
        {
            FileChecksumAlgorithm.Sha1 => SHA1.HashData(content),
            FileChecksumAlgorithm.Sha256 => SHA256.HashData(content),
            FileChecksumAlgorithm.Md5 => MD5.HashData(content),
            _ => ReferenceCrc.Compute(algorithm, content),
        });
#pragma warning restore CA5350, CA5351
    }
}
