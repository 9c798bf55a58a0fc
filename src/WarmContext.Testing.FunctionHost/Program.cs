using System.Globalization;
using WarmContext.Testing.FunctionHost.Api;
using WarmContext.Testing.FunctionHost.Core;
using WarmContext.Testing.FunctionHost.Handlers;
using WarmContext.Testing.FunctionHost.Snapshots;

namespace WarmContext.Testing.FunctionHost;

/// <summary>
/// Runs a class-library handler against a Runtime API: Init, then one loop of next, handler, response per concurrent invocation.
/// </summary>
internal static class Program
{
    private const int ExitOk = 0;
    private const int ExitInitFailed = 1;
    private const int ExitApiLost = 2;

    public static int Main(string[] arguments)
    {
        var variables = FunctionVariables.FromEnvironment();
        RuntimeApiConnection api;
        try
        {
            api = new RuntimeApiConnection(variables.RuntimeApi);
        }
        catch (RuntimeApiException exception)
        {
            Console.Error.WriteLine(exception.Message);
            return ExitApiLost;
        }

        try
        {
            FunctionCore.ConnectWhenLoaded();
            Handler handler;
            try
            {
                handler = HandlerLoader.Load(arguments.Length > 0 ? arguments[0] : variables.Handler, variables);
            }
            catch (Exception exception)
            {
                Console.Error.WriteLine(exception is LambdaValidationException ? exception.Message : exception.ToString());
                var error = FunctionError.ToJson(exception);
                api.Post("/2018-06-01/runtime/init/error", "application/json", error, FunctionError.TypeOf(exception));
                return ExitInitFailed;
            }

            FunctionCore.EndInit();
            if (variables.IsSnapStart && !SnapStartInit.Run(api))
            {
                return ExitInitFailed;
            }

            RunLoops(api, handler, variables);
            return ExitOk;
        }
        catch (RuntimeApiException exception)
        {
            // The environment that started this process is gone, or is being taken down.
            Console.Error.WriteLine(exception.Message);
            return ExitApiLost;
        }
    }

    private static void RunLoops(RuntimeApiConnection api, Handler handler, FunctionVariables variables)
    {
        if (variables.ConcurrentLoops > 1)
        {
            RaiseMinThreads(variables);
            StartAdditionalLoops(handler, variables);
        }

        new InvocationLoop(api, handler, variables).Run();
    }

    // What Lambda's own runtime allows itself, which is few for handlers that block a thread each.
    private static void RaiseMinThreads(FunctionVariables variables)
    {
        ThreadPool.GetMinThreads(out var workers, out var ports);
        var wanted = variables.MinThreads > 0 ? variables.MinThreads : 2 * Environment.ProcessorCount;
        if (workers < wanted)
        {
            ThreadPool.SetMinThreads(wanted, ports);
        }
    }

    private static void StartAdditionalLoops(Handler handler, FunctionVariables variables)
    {
        for (var i = 1; i < variables.ConcurrentLoops; i++)
        {
            var name = "Invocation loop " + i.ToString(CultureInfo.InvariantCulture);
            new Thread(() => RunAdditionalLoop(handler, variables)) { IsBackground = true, Name = name }.Start();
        }
    }

    private static void RunAdditionalLoop(Handler handler, FunctionVariables variables)
    {
        try
        {
            new InvocationLoop(new RuntimeApiConnection(variables.RuntimeApi), handler, variables).Run();
        }
        catch (RuntimeApiException exception)
        {
            Console.Error.WriteLine(exception.Message);
            Environment.Exit(ExitApiLost);
        }
    }
}
