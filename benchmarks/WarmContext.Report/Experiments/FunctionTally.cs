using System.Diagnostics;
using OrderDemo;
using WarmContext.Testing;

namespace WarmContext.Report.Experiments;

/// <summary>What one form did at one memory size: times in nanoseconds.</summary>
internal sealed class FunctionTally
{
    public List<double> Init { get; } = [];

    public List<double> First { get; } = [];

    public List<double> Warm { get; } = [];

    /// <summary>From the delivery until the freeze, rounded up to a millisecond as Lambda does; warm invocations only.</summary>
    public List<double> Billed { get; } = [];

    public int Accepted { get; private set; }

    public List<string> Refusals { get; } = [];

    /// <summary>The processors that the kernel allowed the process; null for no limit.</summary>
    public double? CpuShare { get; private set; }

    public IEnumerable<double> Cold => Init.Zip(First, static (init, first) => init + first);

    /// <summary>An environment from its start until it is reclaimed.</summary>
    public async Task RunAsync(
        LocalExecutionEnvironment environment, FunctionLab lab, int warmInvocations, bool freezes, CancellationToken cancellationToken)
    {
        CpuShare = Experiments.CpuShare.Of(environment.ProcessId);
        for (var i = 0; i <= warmInvocations; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var outcome = await environment.InvokeAsync(lab.NextOrder(), cancellationToken);
            if (freezes)
            {
                await environment.WaitUntilFrozenAsync(cancellationToken);
            }

            var billed = Stopwatch.GetElapsedTime(start);
            if (OrderEvents.Refusal(outcome) is { } refusal)
            {
                Refusals.Add(refusal);
                continue;
            }

            Accepted++;
            if (outcome.InitDuration is { } init)
            {
                Init.Add(init.TotalNanoseconds);
                First.Add(outcome.Duration.TotalNanoseconds);
            }
            else
            {
                Warm.Add(outcome.Duration.TotalNanoseconds);
                Billed.Add(Math.Ceiling(billed.TotalMilliseconds) * 1e6);
            }
        }
    }
}
