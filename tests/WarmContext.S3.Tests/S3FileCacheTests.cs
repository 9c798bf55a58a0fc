using System.Globalization;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using WarmContext.Files;

namespace WarmContext.S3.Tests;

[Collection(S3Collection.Name)]
public sealed class S3FileCacheTests(S3Fixture s3)
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3_000_000)]
    public async Task An_object_is_fetched_whole(int length)
    {
        var key = $"whole/{length}";
        var content = await s3.PutAsync(key, length);
        using var test = new TestCache(s3.Client);

        using var file = await test.Cache.GetAsync(s3.Bucket, key);

        Assert.Equal(content, await File.ReadAllBytesAsync(file.Path));
        Assert.NotNull(file.EntityTag);
        Assert.InRange(file.LastModified!.Value, DateTimeOffset.UtcNow.AddMinutes(-5), DateTimeOffset.UtcNow.AddMinutes(5));
    }

    [Fact]
    public async Task A_changed_object_replaces_the_file_and_an_unchanged_one_keeps_it()
    {
        await s3.PutAsync("changing", [1]);
        using var test = new TestCache(s3.Client, static options => options.MaximumAge = TimeSpan.Zero);
        string path;
        using (var first = await test.Cache.GetAsync(s3.Bucket, "changing"))
        {
            path = first.Path;
        }

        using (var second = await test.Cache.GetAsync(s3.Bucket, "changing"))
        {
            Assert.Equal(path, second.Path);
        }

        await s3.PutAsync("changing", [2]);
        using var third = await test.Cache.GetAsync(s3.Bucket, "changing");
        Assert.Equal([2], await File.ReadAllBytesAsync(third.Path));
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task What_was_parsed_is_kept_for_its_version()
    {
        await s3.PutAsync("parsed", "41"u8.ToArray());
        using var test = new TestCache(s3.Client);
        var parses = 0;
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(41, await test.Cache.GetOrLoadAsync(s3.Bucket, "parsed", stream =>
            {
                parses++;
                using var reader = new StreamReader(stream);
                return int.Parse(reader.ReadToEnd(), CultureInfo.InvariantCulture);
            }));
        }

        Assert.Equal(1, parses);
    }

    [Fact]
    public async Task A_pinned_version_is_served_after_newer_ones()
    {
        await s3.Client.PutBucketVersioningAsync(new PutBucketVersioningRequest
        {
            BucketName = s3.Bucket,
            VersioningConfig = new S3BucketVersioningConfig { Status = VersionStatus.Enabled },
        });
        var first = await s3.Client.PutObjectAsync(
            new PutObjectRequest
            {
                BucketName = s3.Bucket,
                Key = "versioned",
                InputStream = new MemoryStream([1]),
                UseChunkEncoding = false,
            });
        await s3.PutAsync("versioned", [2]);
        using var test = new TestCache(s3.Client);

        using var pinned = await test.Cache.GetAsync(new FileId(s3.Bucket, "versioned", first.VersionId));
        using var current = await test.Cache.GetAsync(s3.Bucket, "versioned");

        Assert.Equal([1], await File.ReadAllBytesAsync(pinned.Path));
        Assert.Equal([2], await File.ReadAllBytesAsync(current.Path));
        Assert.Equal(first.VersionId, pinned.Version);
    }

    [Fact]
    public async Task The_holder_s_client_is_made_when_an_object_is_asked_for_and_not_for_a_hit()
    {
        await s3.PutAsync("held", [1]);
        var created = 0;
        await using var holder = new Warm<IAmazonS3>(() =>
        {
            created++;
            return s3.CreateClient();
        });
        using var test = new TestCache(s3.Client);
        var cold = new S3FileCache(holder, test.Options);
        Assert.Equal(0, created);
        (await cold.GetAsync(s3.Bucket, "held")).Dispose();
        Assert.Equal(1, created);

        await using var unused = new Warm<IAmazonS3>(
            (Func<IAmazonS3>)(() => throw new InvalidOperationException("No client is needed for a hit.")));
        var restarted = new S3FileCache(unused, test.Options);
        using var file = await restarted.GetAsync(s3.Bucket, "held");
        Assert.Equal([1], await File.ReadAllBytesAsync(file.Path));
    }

    [Fact]
    public async Task The_holder_s_client_is_given_back_after_every_answer()
    {
        await s3.PutAsync("given-back", [1]);
        using var test = new TestCache(s3.Client, static options => options.MaximumAge = TimeSpan.Zero);
        var clients = new List<IAmazonS3>();
        await using var holder = new Warm<IAmazonS3>(() =>
        {
            clients.Add(s3.CreateClient());
            return clients[^1];
        });
        var cache = new S3FileCache(holder, test.Options);

        // Fetched, confirmed, and missing: a client that is still leased would not be disposed.
        Func<Task>[] uses =
        [
            async () => (await cache.GetAsync(s3.Bucket, "given-back")).Dispose(),
            async () => (await cache.GetAsync(s3.Bucket, "given-back")).Dispose(),
            async () => await Assert.ThrowsAsync<FileCacheException>(async () => await cache.GetAsync(s3.Bucket, "given-back-not")),
        ];
        foreach (var use in uses)
        {
            await use();
            holder.Invalidate();
            await Assert.ThrowsAsync<ObjectDisposedException>(() => clients[^1].GetObjectMetadataAsync(s3.Bucket, "given-back"));
        }

        Assert.Equal(uses.Length, clients.Count);
    }

    [Fact]
    public async Task What_a_manifest_lists_is_prefetched()
    {
        await s3.PutAsync("list/a b.bin", [1]);
        await s3.PutAsync("list/c.bin", [2]);
        await s3.PutAsync("list/manifest", "# models\r\nlist/a b.bin\r\n\nlist/c.bin\n"u8.ToArray());
        await s3.PutAsync("list/manifest-of-missing", "list/c.bin\nlist/none.bin"u8.ToArray());
        await s3.PutAsync(
            "list/manifest-of-impossible", System.Text.Encoding.UTF8.GetBytes($"{new string('k', 1025)}\nlist/none.bin\nlist/last.bin"));
        await s3.PutAsync("list/last.bin", [3]);
        using var test = new TestCache(s3.Client);

        await test.Cache.PrefetchManifestAsync(s3.Bucket, "list/manifest");

        Assert.Equal(
            ["list/a b.bin", "list/c.bin", "list/manifest"],
            test.Cache.GetStatus().Files.Select(static file => file.Id.Key).Order(StringComparer.Ordinal));
        var exception = await Assert.ThrowsAsync<AggregateException>(
            () => test.Cache.PrefetchManifestAsync(s3.Bucket, "list/manifest-of-missing"));
        Assert.Contains("list/none.bin", Assert.Single(exception.InnerExceptions).Message, StringComparison.Ordinal);
        exception = await Assert.ThrowsAsync<AggregateException>(
            () => test.Cache.PrefetchManifestAsync(s3.Bucket, "list/manifest-of-impossible"));
        Assert.Equal(2, exception.InnerExceptions.Count);
        Assert.Contains(test.Cache.GetStatus().Files, static file => file.Id.Key == "list/last.bin");
        Assert.Equal(
            FileCacheError.NotFound,
            (await Assert.ThrowsAsync<FileCacheException>(() => test.Cache.PrefetchManifestAsync(s3.Bucket, "list/no-manifest"))).Error);
    }

    [Theory]
    [InlineData("double//slash")]
    [InlineData("trailing/")]
    [InlineData("Ünï/ключ 🔑.bin")]
    [InlineData("a+b c%20d?e=f&g#h")]
    [InlineData("tab\tand'quotes\"")]
    public async Task An_odd_key_gets_its_own_object(string key)
    {
        var content = await s3.PutAsync(key, 100, key.GetHashCode(StringComparison.Ordinal));
        using var test = new TestCache(s3.Client);
        using var file = await test.Cache.GetAsync(s3.Bucket, key);
        Assert.Equal(content, await File.ReadAllBytesAsync(file.Path));
    }

    [Fact]
    public async Task A_key_of_1024_bytes_works()
    {
        var key = string.Join('/', Enumerable.Repeat(new string('k', 127), 8));
        Assert.Equal(1023, key.Length);
        var content = await s3.PutAsync(key + "x", 10);
        using var test = new TestCache(s3.Client);
        using var file = await test.Cache.GetAsync(s3.Bucket, key + "x");
        Assert.Equal(content, await File.ReadAllBytesAsync(file.Path));
    }
}
