using WarmContext;
using WarmContext.Testing;

// Stands for a test host: one that is going to be killed, or one that may do little. Starts as many environments as it is told to, invokes
// each and freezes it, says what was logged, what there is and what couldn't be enforced, and waits.
//
// Arguments: the function's directory, its handler, its event; --wait, --step to wait for a line before another, or --end to end at once;
// then how many (1), and the directory of external extensions (none).
WarmContextDiagnostics.Log = static entry => Console.WriteLine($"logged {entry.EventId} {entry.Message}");
var environments = new List<LocalExecutionEnvironment>();
try
{
    for (var i = 0; i < (args.Length > 4 ? int.Parse(args[4], System.Globalization.CultureInfo.InvariantCulture) : 1); i++)
    {
        if (i > 0 && args[3] == "--step")
        {
            Console.ReadLine();
        }

        var lambda = await LocalExecutionEnvironment.StartAsync(new LocalFunctionOptions
        {
            Handler = args[1],
            AssemblyDirectory = args[0],
            ExtensionsDirectory = args.Length > 5 ? args[5] : null,
            Environment = { ["MARKER"] = Environment.GetEnvironmentVariable("MARKER") ?? string.Empty },
            InitTimeout = TimeSpan.FromSeconds(60),
            Timeout = TimeSpan.FromMinutes(2),
        });
        environments.Add(lambda);
        var answer = (await lambda.InvokeAsync(args[2])).EnsureSuccess().PayloadText;
        await lambda.WaitUntilFrozenAsync();
        foreach (var sentence in lambda.ReadRecording().Limitations)
        {
            Console.WriteLine($"limitation {sentence}");
        }

        Console.WriteLine($"frozen {lambda.ProcessId} {answer} {lambda.TemporaryDirectory}");
    }

    if (args[3] != "--end")
    {
        await Task.Delay(Timeout.Infinite);
    }
}
finally
{
    foreach (var lambda in environments)
    {
        await lambda.DisposeAsync();
    }
}
