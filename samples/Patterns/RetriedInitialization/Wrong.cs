using Amazon.Lambda.Core;

namespace Patterns.RetriedInitialization.Wrong;

public class Function
{
    private static readonly HttpClient s_http = new();
    private static readonly Lazy<Task<string>> s_settings =
        new(() => s_http.GetStringAsync("https://settings.example.com")); // expect: WARM0005

    public async Task<string> HandleAsync(string name, ILambdaContext context) => name + await s_settings.Value;
}
