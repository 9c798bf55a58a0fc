using Amazon.Lambda.Core;

namespace Patterns.BoundedWaits.Wrong;

public class Function
{
    private static readonly SemaphoreSlim s_gate = new(1);

    public async Task<string> HandleAsync(string input, ILambdaContext context)
    {
        await s_gate.WaitAsync(); // expect: WARM0016
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
