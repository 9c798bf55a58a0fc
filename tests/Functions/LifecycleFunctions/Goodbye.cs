using WarmContext.Lambda;

namespace LifecycleFunctions;

/// <summary>
/// Says goodbye when its environment is shut down, a while after it was told. With a budget that is enough for it on a busy machine too.
/// </summary>
internal static class Goodbye
{
    public static ShutdownHook Register() => ShutdownHook.Register(new ShutdownHookOptions { Budget = TimeSpan.FromSeconds(2) }).Add(
        "goodbye", static async token =>
    {
        Console.Error.WriteLine("about to leave");
        await Task.Delay(300, token);
        Console.Error.WriteLine("goodbye");
    });
}
