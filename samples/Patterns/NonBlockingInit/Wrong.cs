using Amazon.Lambda.Core;

namespace Patterns.NonBlockingInit.Wrong;

public class Function
{
    private static readonly HttpClient s_http = new();
    private static readonly string s_settings =
        s_http.GetStringAsync("https://settings.example.com").GetAwaiter().GetResult(); // expect: WARM0010

    public string HandleAsync(string name, ILambdaContext context) => name + s_settings;
}
