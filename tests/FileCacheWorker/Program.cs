using System.Globalization;
using WarmContext.FileCacheWorker;

// Usage: FileCacheWorker MODE ENDPOINT ACCESS_KEY SECRET_KEY BUCKET DIRECTORY CAPACITY CALLERS SECONDS SEED
var settings = new WorkerSettings(
    args[0], new Uri(args[1]), args[2], args[3], args[4], args[5], long.Parse(args[6], CultureInfo.InvariantCulture),
    int.Parse(args[7], CultureInfo.InvariantCulture), double.Parse(args[8], CultureInfo.InvariantCulture), int.Parse(
        args[9], CultureInfo.InvariantCulture));
return await Worker.RunAsync(settings);
