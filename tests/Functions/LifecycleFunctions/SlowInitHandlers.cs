using Amazon.Lambda.Core;
using WarmContext;
using WarmContext.Lambda;

namespace LifecycleFunctions;

/// <summary>An Init that takes longer than Lambda's 10 s: as a warm-up item of 11 s that is started after 3 s, or, with BLOCKING=yes, in the constructor itself the first time.</summary>
public class SlowInitHandlers
{
    private readonly WarmHandler _warm = new(new InvocationOptions { BackgroundCompletion = BackgroundCompletion.AfterResponse });
    private readonly WarmUp _warmUp = new WarmUp().Add("slow", static token => Task.Delay(11_000, token));

    public SlowInitHandlers()
    {
        if (Environment.GetEnvironmentVariable("BLOCKING") != "yes")
        {
            Thread.Sleep(3000);
            _warmUp.Run();
            return;
        }

        var marker = Path.Combine(ExecutionEnvironment.Current.TemporaryDirectory, "second");
        if (!File.Exists(marker))
        {
            File.WriteAllText(marker, string.Empty);
            Thread.Sleep(60_000);
        }
    }

    public Task<string> Status(string input, ILambdaContext context) => _warm.RunAsync(input, context, (_, invocation) =>
    {
        invocation.Background.Run("work", static async token =>
        {
            await Task.Delay(100, token);
            await File.AppendAllTextAsync(Path.Combine(ExecutionEnvironment.Current.TemporaryDirectory, "done"), "done\n", token);
        });
        return Task.FromResult(string.Join(' ', _warmUp.Items.Select(static item => item.Outcome)));
    });
}
