using Amazon.Lambda.Core;

namespace Patterns.BoundedWaits.Right;

public class Function
{
    private static readonly SemaphoreSlim s_gate = new(1);

    public async Task<string> HandleAsync(string input, ILambdaContext context)
    {
        var limit = context.RemainingTime - TimeSpan.FromSeconds(1);
        if (limit <= TimeSpan.Zero || !await s_gate.WaitAsync(limit))
        {
            throw new TimeoutException("The gate was busy for as long as this invocation could wait.");
        }

        try
        {
            return input;
        }
        finally
        {
            s_gate.Release();
        }
    }
}
