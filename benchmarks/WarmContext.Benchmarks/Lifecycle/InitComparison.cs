using System.Diagnostics;
using System.Globalization;
using WarmContext.LocalServices;
using WarmContext.Testing;

namespace WarmContext.Benchmarks.Lifecycle;

/// <summary>
/// What does WarmContext add to Init? The same function with and without it, in processes, in pairs whose order alternates: wall time as
/// the local execution environment measures it, and the processor time of the process when it asks for its first event. Goal: at most 5 ms.
/// </summary>
internal static class InitComparison
{
    /// <returns>0 when every form with a goal keeps to it, otherwise 1.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var pairs = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 20;
        var forms = args.Length > 1 ? args[1] : "jit,r2r,aot";
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.OSVersion}, {Environment.ProcessorCount} processors, {pairs} pairs; median (quartiles) of the differences, ms"));
        var ok = true;
        foreach (var form in forms.Split(','))
        {
            var (plain, warm) = (await PublishAsync("plain", form), await PublishAsync("warm", form));
            var handler = form == "aot" ? "InitFunction" : "InitFunction::InitFunction.Prices::HandleAsync";
            ok &= await CompareAsync($"{form}, WarmHandler and Warm<T>", handler, plain, warm, pairs, []) <= 5;
            ok &= await CompareAsync($"{form}, and a WarmUp", handler, plain, warm, pairs, [("WARM_UP", "on")]) <= 5;

            // As an executable, whose runtime client loads HttpClient in either form, as AWS's does.
            ok &= await CompareAsync(
                $"{form}, executable, RuntimeGate", "InitFunction", plain, warm, pairs, [("COMPLETION", "AfterResponse")]) <= 5;
            ok &= await CompareAsync(
                $"{form}, executable, internal extension", "InitFunction", plain, warm, pairs,
                [("COMPLETION", "AfterResponse"), ("MECHANISM", "InternalExtension")]) <= 5;
        }

        return ok ? 0 : 1;
    }

    private static async Task<double> CompareAsync(
        string name, string handler, string plain, string warm, int pairs, (string Name, string Value)[] variables)
    {
        List<double> wall = [], cpu = [], plainWall = [];
        for (var i = -1; i < pairs; i++)
        {
            (double Wall, double Cpu) without, with;
            if (i % 2 == 0)
            {
                without = await StartAsync(handler, plain, variables);
                with = await StartAsync(handler, warm, variables);
            }
            else
            {
                with = await StartAsync(handler, warm, variables);
                without = await StartAsync(handler, plain, variables);
            }

            // The first pair reads the files from disk.
            if (i >= 0)
            {
                wall.Add(with.Wall - without.Wall);
                cpu.Add(with.Cpu - without.Cpu);
                plainWall.Add(without.Wall);
            }
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{name,-42} wall {Text(wall)}   processor {Text(cpu)}   of {Quantile(plainWall, 0.5):0.0}"));
        return Quantile(wall, 0.5);
    }

    private static async Task<(double Wall, double Cpu)> StartAsync(
        string handler, string directory, (string Name, string Value)[] variables)
    {
        var options = new LocalFunctionOptions { Handler = handler, AssemblyDirectory = directory, MemoryMegabytes = 1769 };
        foreach (var (name, value) in variables)
        {
            options.Environment[name] = value;
        }

        await using var environment = await LocalExecutionEnvironment.StartAsync(options);
        await environment.WaitUntilFrozenAsync();
        var cpu = Directory.GetDirectories($"/proc/{environment.ProcessId}/task")
            .Sum(static task => long.Parse(File.ReadAllText(task + "/schedstat").Split(' ')[0], CultureInfo.InvariantCulture) / 1e6);
        return (environment.InitDuration!.Value.TotalMilliseconds, cpu);
    }

    /// <summary>Publishes a function of benchmarks/Functions in a form, and tells where it lies.</summary>
    public static async Task<string> PublishAsync(string function, string form)
    {
        var project = Path.Combine(RepositoryRoot.Find(), "benchmarks", "Functions");
        var output = Path.Combine(project, "bin", "measured", function, form);
        string[] arguments = form switch
        {
            "aot" => ["publish", project, "-p:FunctionForm=aot", "-r", "linux-x64", "-o", output],
            "r2r" => ["publish", project, "-r", "linux-x64", "--no-self-contained", "-p:PublishReadyToRun=true", "-o", output],
            _ => ["publish", project, "-o", output],
        };
        if (form == "aot")
        {
            await LocalPrograms.InstallAsync("native-aot");
        }

        arguments = [.. arguments, $"-p:MeasuredFunction={function}", "-c", "Release", "-v", "q", "--nologo"];
        using var publish = Process.Start("dotnet", arguments);
        await publish.WaitForExitAsync();
        return publish.ExitCode == 0 ? output : throw new InvalidOperationException($"dotnet {string.Join(' ', arguments)} failed.");
    }

    private static string Text(List<double> values) => string.Create(
        CultureInfo.InvariantCulture,
        $"{Quantile(values, 0.5),6:+0.0;-0.0} ({Quantile(values, 0.25):+0.0;-0.0} to {Quantile(values, 0.75):+0.0;-0.0})");

    private static double Quantile(List<double> values, double share) =>
        values.Order().ElementAt(Math.Max(0, (int)Math.Ceiling(share * values.Count) - 1));
}
