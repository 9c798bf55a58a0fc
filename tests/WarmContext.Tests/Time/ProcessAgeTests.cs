using System.Diagnostics;
using WarmContext.Time;

namespace WarmContext.Tests.Time;

public sealed class ProcessAgeTests
{
    [Fact]
    public void It_is_what_the_system_says()
    {
        using var process = Process.GetCurrentProcess();
        var before = DateTime.Now - process.StartTime;

        var age = ProcessAge.Now();

        // The other one depends on when the system thinks that it was started, which it knows to some 10 ms, and on a wall clock that may
        // be corrected meanwhile.
        Assert.InRange(age!.Value, before - TimeSpan.FromSeconds(2), DateTime.Now - process.StartTime + TimeSpan.FromSeconds(2));
    }

    [Theory]
    [InlineData("7 (dotnet) S 1 7 7 0 -1 4194560 1 0 0 0 1 1 0 0 20 0 1 0 4711 1 1", 4711L)]
    [InlineData("7 (a) b (c) S) S 1 7 7 0 -1 4194560 1 0 0 0 1 1 0 0 20 0 1 0 4711 1 1", 4711L)]
    [InlineData("7 (dotnet) S 1 7", null)]
    [InlineData("7 (dotnet) S 1 7 7 0 -1 4194560 1 0 0 0 1 1 0 0 20 0 1 0 soon 1 1", null)]
    [InlineData("", null)]
    public void The_start_is_the_22nd_field(string stat, long? ticks) =>
        Assert.Equal(ticks, ProcessAge.StartTicks(System.Text.Encoding.UTF8.GetBytes(stat)));

    [Theory]
    [InlineData("12345.67 4.20\n", 1234567L)]
    [InlineData("0.05 0.00\n", 5L)]
    [InlineData("12345", null)]
    [InlineData("12345.x7 4.20", null)]
    [InlineData("", null)]
    public void The_uptime_is_seconds_with_two_decimals(string uptime, long? ticks) =>
        Assert.Equal(ticks, ProcessAge.UptimeTicks(System.Text.Encoding.UTF8.GetBytes(uptime)));

    [Fact]
    public void An_age_below_zero_is_none()
    {
        Assert.Equal(TimeSpan.FromSeconds(2.5), ProcessAge.Age(1000, 1250));
        Assert.Null(ProcessAge.Age(1250, 1000));
    }
}
