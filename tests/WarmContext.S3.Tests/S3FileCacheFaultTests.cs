using Amazon.S3;
using WarmContext.Files;
using WarmContext.TestSupport;

namespace WarmContext.S3.Tests;

/// <summary>
/// The real gateway behind a proxy that misbehaves: in every case the right bytes or a clear error, and nothing left behind.
/// </summary>
[Collection(S3Collection.Name)]
public sealed class S3FileCacheFaultTests(S3Fixture s3) : IAsyncLifetime
{
    private const int PartSize = 256 * 1024;
    private const int Size = (10 * PartSize) + 4321;

    private FaultProxy _proxy = null!;
    private AmazonS3Client _client = null!;
    private TestCache _test = null!;

    public Task InitializeAsync()
    {
        _proxy = new FaultProxy(s3.Server.Endpoint);
        _client = s3.CreateClient(_proxy.Endpoint, configure: static config => config.MaxErrorRetry = 1);
        _test = NewCache();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        _test.Dispose();
        _client.Dispose();
        await _proxy.DisposeAsync();
    }

    [Fact]
    public async Task A_truncated_range_is_completed() => await AssertMendedAsync(new Fault { TruncateAt = 5000 });

    [Fact]
    public async Task A_reset_connection_is_replaced() => await AssertMendedAsync(new Fault { ResetAt = 5000 });

    [Fact]
    public async Task A_stalled_body_is_noticed_and_asked_for_again()
    {
        // Short, so that the test is; on a busy machine what isn't stalled may be asked for again as well, which does no harm.
        _test.Dispose();
        _test = NewCache(static options => options.IdleTimeout = TimeSpan.FromSeconds(1));
        await AssertMendedAsync(new Fault { StallAt = 5000 });
    }

    [Fact]
    public async Task SlowDown_is_waited_out() => await AssertMendedAsync(new Fault { Error = (503, "SlowDown") }, times: 3);

    [Fact]
    public async Task A_small_object_cut_off_is_completed_too()
    {
        var content = await s3.PutAsync("faults/small", 10_000);
        _proxy.Rule = static request => request.Number == 1 ? new Fault { TruncateAt = 4000 } : null;
        await AssertServedAsync("faults/small", content);
    }

    [Fact]
    public async Task A_truncation_that_lasts_is_an_error_and_what_came_is_used_later()
    {
        var content = await s3.PutAsync("faults/lasting", Size);
        _proxy.HoldWholeBodiesUntilRangeFrom = 6 * PartSize;
        _proxy.Rule = static request => request.First >= 6 * PartSize ? new Fault { TruncateAt = 0 } : null;
        await AssertFailsAsync("faults/lasting", FileCacheError.Corrupt, FileCacheError.Unreachable);
        _proxy.Rule = static _ => null;
        var before = _proxy.Requests.Count;
        await AssertServedAsync("faults/lasting", content);
        Assert.InRange(_proxy.Requests.Count - before, 1, 9);
    }

    [Fact]
    public async Task A_200_where_a_206_was_asked_is_an_error()
    {
        await s3.PutAsync("faults/200", Size);
        _proxy.HoldWholeBodiesUntilRangeFrom = 0;
        _proxy.Rule = static request => request.First is not null ? new Fault { Pretend200 = true } : null;
        await AssertFailsAsync("faults/200", FileCacheError.Protocol);
    }

    [Fact]
    public async Task A_wrong_content_range_is_an_error()
    {
        await s3.PutAsync("faults/range", Size);
        _proxy.HoldWholeBodiesUntilRangeFrom = 0;
        _proxy.Rule = static request =>
            request.First is { } first ? new Fault { ContentRange = $"bytes {first + 1}-{request.Last + 1}/{Size}" } : null;
        await AssertFailsAsync("faults/range", FileCacheError.Protocol);
    }

    [Theory]
    [InlineData("")]
    [InlineData("x-amz-checksum-crc64nvme")]
    [InlineData("x-amz-checksum-crc32c")]
    [InlineData("x-amz-checksum-crc32")]
    [InlineData("x-amz-checksum-sha256")]
    [InlineData("x-amz-checksum-sha1")]
    public async Task A_flipped_bit_in_a_range_is_found_by_checksum_or_by_entity_tag(string header)
    {
        var content = await s3.PutAsync("faults/flip", Size);
        var headers = header.Length == 0 ? null : $"{header}: {Checksum(header, content)}\r\nx-amz-checksum-type: FULL_OBJECT\r\n";
        var flips = 1;
        _proxy.HoldWholeBodiesUntilRangeFrom = 3 * PartSize;
        _proxy.Rule = request => request.First is null
            ? new Fault { Headers = headers }
            : request.First == 3 * PartSize && Interlocked.Decrement(ref flips) >= 0 ? new Fault { FlipAt = 777 } : null;
        await AssertServedAsync("faults/flip", content);
        Assert.True(flips <= 0, "The bit was never flipped.");
        Assert.Equal(2, _proxy.Requests.Count(static request => request.First is null));
    }

    [Fact]
    public async Task A_bit_that_is_flipped_every_time_is_never_served()
    {
        await s3.PutAsync("faults/flips", Size);
        _proxy.Rule = static _ => new Fault { FlipAt = 777 };
        await AssertFailsAsync("faults/flips", FileCacheError.Corrupt);
        Assert.Empty(_test.Names("d-"));
        Assert.Empty(_test.Names("p-"));
    }

    [Theory]
    [InlineData(10_000)]
    [InlineData(Size)]
    public async Task A_wrong_checksum_of_the_object_is_never_served(int length)
    {
        await s3.PutAsync("faults/wrong", length);
        _proxy.Rule = static _ => new Fault { Headers = "x-amz-checksum-crc64nvme: AAAAAAAAAAA=\r\nx-amz-checksum-type: FULL_OBJECT\r\n" };
        await AssertFailsAsync("faults/wrong", FileCacheError.Corrupt);
        Assert.Empty(_test.Names("d-"));
    }

    [Fact]
    public async Task A_composite_checksum_is_not_taken_for_one_of_the_object()
    {
        var content = await s3.PutAsync("faults/composite", 10_000);
        _proxy.Rule = static _ => new Fault { Headers = "x-amz-checksum-crc32c: AAAAAA==-3\r\nx-amz-checksum-type: COMPOSITE\r\n" };
        await AssertServedAsync("faults/composite", content);
    }

    [Fact]
    public async Task An_object_replaced_in_mid_download_is_fetched_anew()
    {
        await s3.PutAsync("faults/replaced", Size, seed: 1);
        _proxy.HoldWholeBodiesUntilRangeFrom = 4 * PartSize;
        byte[]? next = null;
        var gate = new SemaphoreSlim(1, 1);
        _proxy.Rule = request => request.First >= 4 * PartSize ? new Fault
        {
            Before = async () =>
            {
                await gate.WaitAsync();
                next ??= await s3.PutAsync("faults/replaced", Size, seed: 2);
                gate.Release();
            },
        } : null;
        using var file = await _test.Cache.GetAsync(s3.Bucket, "faults/replaced");
        Assert.Equal(next, await File.ReadAllBytesAsync(file.Path));
    }

    [Fact]
    public async Task An_object_deleted_in_mid_download_is_an_error_that_says_so()
    {
        await s3.PutAsync("faults/deleted", Size);
        _proxy.HoldWholeBodiesUntilRangeFrom = 4 * PartSize;
        _proxy.Rule = request =>
            request.First >= 4 * PartSize ? new Fault { Before = () => s3.Client.DeleteObjectAsync(s3.Bucket, "faults/deleted") } : null;
        await AssertFailsAsync("faults/deleted", FileCacheError.NotFound);
        Assert.Empty(_test.Names("d-"));
    }

    [Fact]
    public async Task A_slow_link_is_slow_and_no_error()
    {
        var content = await s3.PutAsync("faults/slow", Size);
        _proxy.Rule = static _ => new Fault { BytesPerSecond = 600 * 1024, Latency = TimeSpan.FromMilliseconds(20) };
        await AssertServedAsync("faults/slow", content);
    }

    [Fact]
    public async Task What_an_invocation_could_not_finish_is_resumed_by_the_next()
    {
        var content = await s3.PutAsync("faults/resumed", Size);
        var time = new ManualTimeProvider();
        _test.Dispose();
        _test = NewCache(options => options.Environment = ExecutionEnvironment.Create(new Dictionary<string, string?>(), time));
        _proxy.HoldWholeBodiesUntilRangeFrom = 4 * PartSize;
        _proxy.Rule = static request => request.First >= 4 * PartSize ? new Fault { StallAt = 0 } : null;
        var runner = new InvocationRunner(new InvocationOptions { Environment = _test.Options.Environment });
        var info = new InvocationInfo { RequestId = "r-1", Deadline = time.GetUtcNow().AddSeconds(2) };
        await runner.RunAsync(info, 0, async (_, _) =>
        {
            var fails = AssertFailsAsync("faults/resumed", FileCacheError.TimedOut);

            // All four workers are stuck, so the parts in front of them are there.
            while (_proxy.Requests.Count(static request => request.First >= 4 * PartSize) < 4)
            {
                await Task.Delay(10);
            }

            time.Advance(TimeSpan.FromSeconds(2));
            await fails;
            return 0;
        });
        _proxy.Rule = static _ => null;
        await WaitForPartialAsync();
        _proxy.Requests.Clear();

        await AssertServedAsync("faults/resumed", content);

        Assert.All(_proxy.Requests, static request => Assert.NotNull(request.First));
        Assert.InRange(_proxy.Requests.Sum(static request => request.Last!.Value - request.First!.Value + 1), 1, Size - (4 * PartSize));
    }

    private TestCache NewCache(Action<S3FileCacheOptions>? configure = null) => new(_client, options =>
    {
        options.PartSize = PartSize;
        options.Parallelism = 4;
        options.NotFoundAge = TimeSpan.Zero;
        configure?.Invoke(options);
    });

    /// <summary>One range fails so, or as often as told; the download is mended without beginning anew.</summary>
    private async Task AssertMendedAsync(Fault fault, int times = 1)
    {
        var key = $"faults/{Guid.NewGuid():N}";
        var content = await s3.PutAsync(key, Size);
        var left = times;
        _proxy.HoldWholeBodiesUntilRangeFrom = 3 * PartSize;
        _proxy.Rule = request => request.First == 3 * PartSize && Interlocked.Decrement(ref left) >= 0 ? fault : null;
        await AssertServedAsync(key, content);
        Assert.True(left < times, "The fault was not met.");
        Assert.Single(_proxy.Requests, static request => request.First is null);
    }

    private async Task AssertServedAsync(string key, byte[] content)
    {
        using var file = await _test.Cache.GetAsync(s3.Bucket, key);
        Assert.Equal(content, await File.ReadAllBytesAsync(file.Path));
        Assert.Empty(_test.Names("p-"));
    }

    private async Task AssertFailsAsync(string key, params FileCacheError[] errors)
    {
        var exception = await Assert.ThrowsAsync<FileCacheException>(async () => await _test.Cache.GetAsync(s3.Bucket, key));
        Assert.True(errors.Contains(exception.Error), exception.ToString());
        Assert.Contains(key, exception.Message, StringComparison.Ordinal);
    }

    /// <summary>The download ends a moment after its last caller has gone; its file is free then.</summary>
    private async Task WaitForPartialAsync()
    {
        for (var i = 0; i < 200; i++)
        {
            try
            {
                using var free = File.OpenHandle(
                    Path.Combine(_test.Directory, Assert.Single(_test.Names("p-"))), FileMode.Open, FileAccess.Read, FileShare.None);
                return;
            }
            catch (IOException)
            {
                await Task.Delay(20);
            }
        }
    }

    private static string Checksum(string header, byte[] content) => Convert.ToBase64String(header switch
    {
#pragma warning disable CA5350 // The algorithm that S3 uses.
        "x-amz-checksum-sha1" => System.Security.Cryptography.SHA1.HashData(content),
#pragma warning restore CA5350
        "x-amz-checksum-sha256" => System.Security.Cryptography.SHA256.HashData(content),
        "x-amz-checksum-crc32" => BitwiseCrc(content, 32, 0xEDB88320),
        "x-amz-checksum-crc32c" => BitwiseCrc(content, 32, 0x82F63B78),
        _ => BitwiseCrc(content, 64, 0x9A6C9329AC4BC9B5),
    });

    /// <summary>By the definition, so that the tests don't take the library's word for it.</summary>
    private static byte[] BitwiseCrc(byte[] content, int width, ulong polynomial)
    {
        var ones = width == 64 ? ulong.MaxValue : uint.MaxValue;
        var state = ones;
        foreach (var value in content)
        {
            state ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                state = (state & 1) != 0 ? (state >> 1) ^ polynomial : state >> 1;
            }
        }

        var bytes = new byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, state ^ ones);
        return bytes[(8 - (width / 8))..];
    }
}
