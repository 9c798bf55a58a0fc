using WarmContext;
using WarmContext.Lambda;

namespace LifecycleFunctions;

/// <summary>Says goodbye when its environment is shut down, a while after it was told.</summary>
public class ShutdownHandlers
{
    private static readonly ShutdownHook s_hook = ShutdownHook.Register().Add("goodbye", static async token =>
    {
        await Task.Delay(100, token);
        Console.Error.WriteLine("goodbye");
    });

    static ShutdownHandlers()
    {
    }

    public string Echo(string input) => s_hook is null ? string.Empty : input;
}
