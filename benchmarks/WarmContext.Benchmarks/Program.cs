using BenchmarkDotNet.Running;
using WarmContext.Benchmarks.Lifecycle;

// dotnet run -c Release --project benchmarks/WarmContext.Benchmarks -- --filter '*'
// dotnet run -c Release --project benchmarks/WarmContext.Benchmarks -- init [pairs] [jit,r2r,aot]
// dotnet run -c Release --project benchmarks/WarmContext.Benchmarks -- first-call [pairs]
if (args is ["first-call", ..])
{
    return await FirstCallComparison.RunAsync(args[1..]);
}

if (args is ["init", ..])
{
    return await InitComparison.RunAsync(args[1..]);
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
return 0;
