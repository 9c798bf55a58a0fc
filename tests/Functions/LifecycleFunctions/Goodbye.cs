using WarmContext.Lambda;

namespace LifecycleFunctions;

/// <summary>Says goodbye when its environment is shut down, a while after it was told.</summary>
internal static class Goodbye
{
    public static ShutdownHook Register() => ShutdownHook.Register().Add("goodbye", static async token =>
    {
        await Task.Delay(100, token);
        Console.Error.WriteLine("goodbye");
    });
}
