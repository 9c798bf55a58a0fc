using Amazon.Lambda.Core;
using WarmContext;
using WarmContext.Lambda;

namespace LifecycleFunctions;

/// <summary>
/// Warms up in Init within a budget of 1 s. One item is done only once the first handler has run. Answers what is warm when the handler
/// runs.
/// </summary>
public class WarmUpHandlers
{
    private static readonly WarmHandler s_warm = new();
    private static readonly TaskCompletionSource s_handled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private static readonly WarmUp s_warmUp = new WarmUp(new WarmUpOptions { Budget = TimeSpan.FromSeconds(1) })
        .Add("quick", static token => Task.Delay(10, token))
        .Add("slow", static token => s_handled.Task.WaitAsync(token))
        .Add("broken", static _ => throw new InvalidOperationException("no such table"));

    static WarmUpHandlers() => s_warmUp.Run();

    public Task<string> Status(string input, ILambdaContext context) => s_warm.RunAsync(input, context, static (_, _) =>
    {
        var items = string.Join(' ', s_warmUp.Items.Select(static item => $"{item.Name}={item.Outcome}"));
        s_handled.TrySetResult();
        return Task.FromResult(items);
    });
}
