using System.Globalization;
using WarmContext.FileCacheWorker;
using WarmContext.FileCacheWorker.Storm;

// Usage: FileCacheWorker storm DIRECTORY SECONDS [SEED], which starts workers of its own (storm-worker)
switch (args[0])
{
    case "storm":
        var seed = args.Length > 3 ? int.Parse(args[3], CultureInfo.InvariantCulture) : Environment.TickCount & 0xFFFFFF;
        return await new StormControl(args[1], double.Parse(args[2], CultureInfo.InvariantCulture), seed).RunAsync();
    case "storm-worker":
        return await StormWorker.RunAsync(
            args[1], int.Parse(args[2], CultureInfo.InvariantCulture), int.Parse(args[3], CultureInfo.InvariantCulture),
            args[4] == "wrong");
}

// Usage: FileCacheWorker MODE ENDPOINT ACCESS_KEY SECRET_KEY BUCKET DIRECTORY CAPACITY CALLERS SECONDS SEED
var settings = new WorkerSettings(
    args[0], new Uri(args[1]), args[2], args[3], args[4], args[5], long.Parse(args[6], CultureInfo.InvariantCulture),
    int.Parse(args[7], CultureInfo.InvariantCulture), double.Parse(args[8], CultureInfo.InvariantCulture), int.Parse(
        args[9], CultureInfo.InvariantCulture));
return await Worker.RunAsync(settings);
