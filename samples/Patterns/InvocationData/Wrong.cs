using Amazon.Lambda.Core;

namespace Patterns.InvocationData.Wrong;

public class Function
{
    private static string? s_tenant;

    public string HandleAsync(string tenant, ILambdaContext context)
    {
        s_tenant = tenant; // expect: WARM0011
        return Greeting();
    }

    private static string Greeting() => "Hello " + s_tenant;
}
