using Amazon.Lambda.Core;
using WarmContext;

namespace Patterns.RetriedInitialization.Right;

public class Function
{
    private static readonly HttpClient s_http = new();
    private static readonly Warm<string> s_settings = new(token => s_http.GetStringAsync("https://settings.example.com", token));

    public async Task<string> HandleAsync(string name, ILambdaContext context) => name + await s_settings.GetAsync();
}
