using Amazon.Lambda.Core;

namespace Patterns.AwaitableMethods.Wrong;

public class Function
{
    private static readonly HttpClient s_http = new();

    public string HandleAsync(string order, ILambdaContext context)
    {
        Audit(order);
        return "accepted";
    }

    private static async void Audit(string order) // expect: WARM0007
    {
        await s_http.PostAsync("https://audit.example.com", new StringContent(order));
    }
}
