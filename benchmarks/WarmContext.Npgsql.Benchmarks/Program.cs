using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using Perfolizer.Horology;
using WarmContext.Npgsql.Benchmarks;

// dotnet run -c Release --project benchmarks/WarmContext.Npgsql.Benchmarks -- --filter '*'
// dotnet run -c Release --project benchmarks/WarmContext.Npgsql.Benchmarks -- paired [part of a question's name]
// The second takes turns: it is for machines that do other work too.
if (args is ["paired", ..])
{
    await PairedComparison.RunAsync(string.Join(' ', args[1..]));
}
else
{
    // Round trips scatter so much that BenchmarkDotNet, left to itself, goes on to each one's hundredth iteration of half a second.
    var job = Job.Default.WithIterationTime(TimeInterval.FromMilliseconds(150)).WithWarmupCount(6).WithIterationCount(30);
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, DefaultConfig.Instance.AddJob(job.AsDefault()));
}
