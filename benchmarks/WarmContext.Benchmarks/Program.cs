using System.Globalization;
using BenchmarkDotNet.Running;
using WarmContext.Benchmarks.Connections;
using WarmContext.Benchmarks.Environments;
using WarmContext.Benchmarks.Files;
using WarmContext.Benchmarks.Lifecycle;

// dotnet run -c Release --project benchmarks/WarmContext.Benchmarks -- and one of:
//   --filter '*'                       BenchmarkDotNet
//   init [PAIRS] [jit,r2r,aot]         what WarmContext adds to Init
//   first-call [PAIRS]                 what priming takes off the first S3 call
//   cold [ROUNDS]                      256 MiB from S3, all ways turn by turn
//   settings [ROUNDS]                  the same with more settings of TransferUtility
//   throttled [ROUNDS]                 85 MB/s for each connection, 20 ms away
//   memory                             managed memory of downloads of 16 MiB, 256 MiB and 1 GiB
//   hits [ROUNDS]                      hits and revalidations turn by turn
//   system-calls                       the system calls of a hit, by strace
//   paired [PART OF A QUESTION]        connections turn by turn, for machines that do other work too
//   environment [starts,round-trips,freezes]   what the local execution environment costs
var rounds = args.Length > 1 && int.TryParse(args[1], CultureInfo.InvariantCulture, out var wanted) ? wanted : 9;
switch (args.FirstOrDefault())
{
    case "init":
        return await InitComparison.RunAsync(args[1..]);
    case "first-call":
        return await FirstCallComparison.RunAsync(args[1..]);
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
    case "paired":
        await PairedComparison.RunAsync(string.Join(' ', args[1..]));
        break;
    case "environment":
        await EnvironmentMeasurements.RunAsync(args.ElementAtOrDefault(1)?.Split(',') ?? []);
        break;
    default:
        BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
        break;
}

return 0;
