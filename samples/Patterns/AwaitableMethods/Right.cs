using Amazon.Lambda.Core;

namespace Patterns.AwaitableMethods.Right;

public class Function
{
    private static readonly HttpClient s_http = new();

    public async Task<string> HandleAsync(string order, ILambdaContext context)
    {
        await AuditAsync(order);
        return "accepted";
    }

    private static async Task AuditAsync(string order)
    {
        await s_http.PostAsync("https://audit.example.com", new StringContent(order));
    }
}
