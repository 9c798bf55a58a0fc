using WarmContext.Testing.Benchmarks;

// --start is what a plain start of this assembly does: say that it is there, and wait.
if (args is ["--start"])
{
    Console.Out.WriteLine("ready");
    Console.In.ReadLine();
    return;
}

// Without arguments everything is measured; else what they name: starts, round-trips, freezes.
await Measurements.RunAsync(args);
