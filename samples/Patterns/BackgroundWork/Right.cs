using Amazon.Lambda.Core;
using WarmContext;

namespace Patterns.BackgroundWork.Right;

public class Function
{
    private static readonly HttpClient s_http = new();

    public string HandleAsync(string order, ILambdaContext context)
    {
        Invocation.Current.Background.Run("audit", token => s_http.PostAsync("https://audit.example.com", new StringContent(order), token));
        return "accepted";
    }
}
