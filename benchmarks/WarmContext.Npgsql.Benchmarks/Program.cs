using BenchmarkDotNet.Running;
using WarmContext.Npgsql.Benchmarks;

// dotnet run -c Release --project benchmarks/WarmContext.Npgsql.Benchmarks -- --filter '*'
// dotnet run -c Release --project benchmarks/WarmContext.Npgsql.Benchmarks -- paired     (takes turns; for machines that do other work too)
if (args is ["paired"])
{
    await PairedComparison.RunAsync();
}
else
{
    BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
}
