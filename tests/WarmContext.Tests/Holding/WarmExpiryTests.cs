namespace WarmContext.Tests.Holding;

/// <summary>Values that are past their lifetime, or unhealthy.</summary>
public sealed class WarmExpiryTests : HeldValue
{
    [Fact]
    public void A_value_past_its_lifetime_is_replaced_and_disposed()
    {
        var holder = Holder(options => options.Lifetime = TimeSpan.FromMinutes(15));
        var first = holder.Value;

        Time.Advance(TimeSpan.FromMinutes(15) - TimeSpan.FromTicks(1));
        Assert.Same(first, holder.Value);
        Time.Advance(TimeSpan.FromTicks(1));

        Assert.Equal(2, holder.Value.Number);
        Assert.Equal(1, first.Disposals);
    }

    [Fact]
    public void Time_frozen_with_the_monotonic_clock_stopped_counts_toward_the_lifetime()
    {
        var holder = Holder(options => options.Lifetime = TimeSpan.FromMinutes(15));
        _ = holder.Value;

        Time.AdvanceWallOnly(TimeSpan.FromMinutes(20));

        Assert.Equal(2, holder.Value.Number);
    }

    [Fact]
    public void A_wall_clock_set_back_does_not_lengthen_the_lifetime()
    {
        var holder = Holder(options => options.Lifetime = TimeSpan.FromMinutes(15));
        _ = holder.Value;

        Time.AdvanceWallOnly(TimeSpan.FromHours(-1));
        Time.Advance(TimeSpan.FromMinutes(15));

        Assert.Equal(2, holder.Value.Number);
    }

    [Fact]
    public async Task A_value_used_lately_is_not_checked_and_an_idle_one_is()
    {
        var checks = 0;
        var holder = Holder(options => options.HealthCheck = (_, _) => Task.FromResult(++checks > 0));
        await holder.GetAsync();

        Time.Advance(TimeSpan.FromMilliseconds(900));
        await holder.GetAsync();
        Time.Advance(TimeSpan.FromMilliseconds(900));
        await holder.GetAsync();
        Assert.Equal(0, checks);

        Time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(1, (await holder.GetAsync()).Number);
        Assert.Equal(1, checks);
        await holder.GetAsync();
        Assert.Equal(1, checks);
    }

    [Theory]
    [InlineData("false")]
    [InlineData("throws")]
    public async Task An_unhealthy_value_is_replaced_before_anybody_gets_it(string answer)
    {
        var holder = Holder(options => options.HealthCheck = (value, _) =>
            value.Number > 1 ? Task.FromResult(true) : answer == "false" ? Task.FromResult(false) : throw new IOException("gone"));
        var first = await holder.GetAsync();

        Time.Advance(TimeSpan.FromSeconds(2));
        var values = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => holder.GetAsync().AsTask()));

        Assert.All(values, static value => Assert.Equal(2, value.Number));
        Assert.Equal(1, first.Disposals);
    }

    [Fact]
    public async Task A_health_check_that_never_answers_counts_as_unhealthy()
    {
        var holder = Holder(options => options.HealthCheck = (value, _) => new TaskCompletionSource<bool>().Task);
        await holder.GetAsync();
        Time.Advance(TimeSpan.FromSeconds(2));

        var next = holder.GetAsync().AsTask();
        Assert.False(next.IsCompleted);
        Time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(2, (await next).Number);
    }

    [Theory]
    [InlineData(nameof(WarmOptions<>.Lifetime), 0)]
    [InlineData(nameof(WarmOptions<>.Lifetime), -5)]
    [InlineData(nameof(WarmOptions<>.CreationTimeout), 0)]
    [InlineData(nameof(WarmOptions<>.CreationTimeout), 24 * 60 * 60 + 1)]
    [InlineData(nameof(WarmOptions<>.HealthCheckTimeout), 0)]
    [InlineData(nameof(WarmOptions<>.HealthCheckAfterIdle), -5)]
    public void An_absurd_option_is_refused_by_name(string option, int seconds)
    {
        var options = new WarmOptions<DisposableValue>();
        typeof(WarmOptions<DisposableValue>).GetProperty(option)!.SetValue(options, TimeSpan.FromSeconds(seconds));

        var exception =
            Assert.Throws<ArgumentOutOfRangeException>(() => new Warm<DisposableValue>(static () => new DisposableValue(), options));

        Assert.Equal(option, exception.ParamName);
        Assert.Contains($"WarmOptions.{option}", exception.Message, StringComparison.Ordinal);
    }
}
