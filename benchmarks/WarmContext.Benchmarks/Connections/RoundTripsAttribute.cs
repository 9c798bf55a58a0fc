using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using Perfolizer.Horology;

namespace WarmContext.Benchmarks.Connections;

/// <summary>
/// The job of benchmarks that make round trips, where the command line has none. Round trips scatter so much that BenchmarkDotNet, left to
/// itself, goes on to its hundredth iteration of half a second with each of them.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class RoundTripsAttribute : Attribute, IConfigSource
{
    public IConfig Config { get; } = ManualConfig.CreateEmpty().AddJob(
        Job.Default.WithIterationTime(TimeInterval.FromMilliseconds(150)).WithWarmupCount(6).WithIterationCount(30).AsDefault());
}
