using System.Diagnostics;

namespace TestFunctions;

/// <summary>What the clocks say, and waits that are under way in a freeze.</summary>
public class Clocks
{
    private static Task? s_delay;

    /// <summary>Wall clock, stopwatch and tick count in milliseconds; whether the delay is over.</summary>
    public async Task<double[]> Read()
    {
        s_delay ??= Task.Delay(TimeSpan.FromMinutes(10));
        await Task.WhenAny(s_delay, Task.Delay(50));
        return
        [
            (DateTime.UtcNow - DateTime.UnixEpoch).TotalMilliseconds,
            Stopwatch.GetTimestamp() * 1000.0 / Stopwatch.Frequency,
            Environment.TickCount64,
            s_delay.IsCompleted ? 1 : 0,
        ];
    }

    public double Remaining(Amazon.Lambda.Core.ILambdaContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.RemainingTime.TotalSeconds;
    }
}
