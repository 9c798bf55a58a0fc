using System.Globalization;
using BenchmarkDotNet.Running;
using WarmContext.Files.Benchmarks;

// dotnet run -c Release --project benchmarks/WarmContext.Files.Benchmarks -- --filter '*'           (BenchmarkDotNet)
// dotnet run -c Release --project benchmarks/WarmContext.Files.Benchmarks -- cold [ROUNDS]           (256 MiB, all ways turn by turn)
// dotnet run -c Release --project benchmarks/WarmContext.Files.Benchmarks -- settings [ROUNDS]       (the same with more settings of
// TransferUtility) dotnet run -c Release --project benchmarks/WarmContext.Files.Benchmarks -- throttled [ROUNDS]      (85 MB/s for each
// connection, 20 ms away) dotnet run -c Release --project benchmarks/WarmContext.Files.Benchmarks -- memory                  (managed
// memory of 16 MiB, 256 MiB and 1 GiB) dotnet run -c Release --project benchmarks/WarmContext.Files.Benchmarks -- hits                   
// (hits and revalidations turn by turn) dotnet run -c Release --project benchmarks/WarmContext.Files.Benchmarks -- system-calls           
// (the system calls of a hit, by strace)
var rounds = args.Length > 1 && int.TryParse(args[1], CultureInfo.InvariantCulture, out var wanted) ? wanted : 9;
switch (args.FirstOrDefault())
{
    case "cold":
        await ColdComparison.RunUnthrottledAsync(rounds, allSettings: false);
        break;
    case "settings":
        await ColdComparison.RunUnthrottledAsync(rounds, allSettings: true);
        break;
    case "throttled":
        await ColdComparison.RunThrottledAsync(rounds);
        break;
    case "memory":
        await MemoryPeak.RunAsync();
        break;
    case "hits":
        await HitComparison.RunAsync(rounds);
        break;
    case "system-calls":
        await SystemCalls.RunAsync();
        break;
    case SystemCalls.TracedMode:
        await SystemCalls.RunTracedAsync();
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        break;
}
