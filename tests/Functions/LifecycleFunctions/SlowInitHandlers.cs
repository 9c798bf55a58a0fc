using Amazon.Lambda.Core;
using WarmContext;
using WarmContext.Lambda;

namespace LifecycleFunctions;

/// <summary>
/// An Init that takes longer than Lambda's 10 s: as a warm-up item that is started after 5 s and ends once the first handler has run, or,
/// with BLOCKING=yes, in the constructor itself the first time.
/// </summary>
public class SlowInitHandlers
{
    private readonly WarmHandler _warm = new(new InvocationOptions { BackgroundCompletion = BackgroundCompletion.AfterResponse });
    private readonly TaskCompletionSource _handled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly WarmUp _warmUp = new();

    public SlowInitHandlers()
    {
        if (Environment.GetEnvironmentVariable("BLOCKING") != "yes")
        {
            _warmUp.Add("slow", _handled.Task.WaitAsync);
            Thread.Sleep(5000);
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
        var outcomes = string.Join(' ', _warmUp.Items.Select(static item => item.Outcome));
        _handled.TrySetResult();
        return Task.FromResult(outcomes);
    });
}
