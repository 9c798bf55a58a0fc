using Amazon.Lambda.Core;

namespace Patterns.InvocationData.Right;

public class Function
{
    public string HandleAsync(string tenant, ILambdaContext context) => Greeting(tenant);

    private static string Greeting(string tenant) => "Hello " + tenant;
}
