using OrderDemo;
using WarmContext.LocalServices;

namespace OrderFunction.Tests;

/// <summary>The story that the demo tells, shortened. S3 is slow enough that no upload can slip out before the freeze.</summary>
public sealed class StoryTests : IAsyncLifetime
{
    private static readonly DemoOptions s_options = new()
    {
        Invocations = 9,
        S3Latency = TimeSpan.FromMilliseconds(100),
        IdleSessionTimeout = TimeSpan.FromSeconds(2.5),
        LongFreeze = TimeSpan.FromSeconds(4),
        ModelMaximumAge = TimeSpan.FromSeconds(1),
    };

    private PrivatePostgres? _server;

    public async Task InitializeAsync() => _server = await PrivatePostgres.StartAsync();

    public async Task DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_warm_form_survives_freeze_and_restart_and_loses_no_audit_record()
    {
        FormResult warm = await RunAsync(FunctionForm.Warm);

        Assert.Empty(warm.Errors);
        Assert.Equal(0, warm.Failed);
        Assert.Equal(0, warm.AuditRecordsLost);
        Assert.Equal(0, warm.OldPrices);

        // One connection for each environment, and one in place of each that the server ended:
        // twice, or more often on a machine so busy that it pauses by itself.
        Assert.InRange(warm.ConnectionsOpened, DemoOptions.Environments + 2, DemoOptions.Environments + 4);

        // A record each, and the model: fetched once by each environment, and asked about again now and then.
        Assert.InRange(warm.S3Requests, warm.Accepted + DemoOptions.Environments, (2 * warm.Accepted) - 1);
    }

    [Fact]
    public async Task The_naive_form_fails_after_freeze_and_restart_and_loses_audit_records()
    {
        FormResult naive = await RunAsync(FunctionForm.Naive);

        Assert.Contains(naive.Errors, error => error.Contains("idle-session timeout", StringComparison.Ordinal));
        Assert.Contains(naive.Errors, error => error.Contains("administrator command", StringComparison.Ordinal));
        Assert.InRange(naive.AuditRecordsLost, 1, naive.Accepted - 1);
        Assert.True(naive.S3Requests >= 2 * naive.Accepted, $"{naive.S3Requests} S3 requests for {naive.Accepted} orders.");
    }

    private async Task<FormResult> RunAsync(FunctionForm form)
    {
        string id = Guid.NewGuid().ToString("N")[..8];
        await using OrderDatabase database = await OrderDatabase.CreateAsync(_server, $"orders_{id}", CancellationToken.None);
        await using OrderBucket bucket = await OrderBucket.CreateAsync($"orders-{id}", s_options.S3Latency, CancellationToken.None);
        return await Story.RunAsync(form, database, bucket, s_options, new Progress<string>(), CancellationToken.None);
    }
}
