using Amazon.Lambda.Core;

namespace Patterns.BackgroundWork.Wrong;

public class Function
{
    private static readonly HttpClient s_http = new();

    public string HandleAsync(string order, ILambdaContext context)
    {
        _ = s_http.PostAsync("https://audit.example.com", new StringContent(order)); // expect: WARM0006
        return "accepted";
    }
}
