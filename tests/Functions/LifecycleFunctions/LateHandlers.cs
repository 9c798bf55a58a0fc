using Amazon.Lambda.Core;
using WarmContext;
using WarmContext.Lambda;

namespace LifecycleFunctions;

/// <summary>
/// The trap: a class without a static constructor. Its static fields are initialized when they are first used, in the first invocation,
/// which is too late for a warm-up, for an internal extension and for a snapshot's hooks.
/// </summary>
public class LateHandlers
{
    private static readonly WarmHandler s_warm = new(new InvocationOptions { BackgroundCompletion = BackgroundCompletion.AfterResponse });
    private static readonly WarmUp s_warmUp = Warmed();
    private static readonly bool s_isHooked = SnapStart.AfterRestore("late-field", static () => Task.CompletedTask);
    private static int s_done;

    public Task<string> Status(string input, ILambdaContext context) => s_warm.RunAsync(input, context, static (_, invocation) =>
    {
        invocation.Background.Run("work", static async token =>
        {
            await Task.Delay(50, token);
            Interlocked.Increment(ref s_done);
        });
        return Task.FromResult($"warm={s_warmUp.IsFinished} hooked={s_isHooked} done={s_done}");
    });

    private static WarmUp Warmed()
    {
        var warmUp = new WarmUp().Add("quick", static _ => Task.CompletedTask);
        warmUp.Run();
        return warmUp;
    }
}
