using BenchmarkDotNet.Running;

// dotnet run -c Release --project benchmarks/WarmContext.Files.Benchmarks -- --filter '*'
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
