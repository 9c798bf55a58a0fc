using Amazon.Lambda.Core;

namespace Patterns.NoTimers.Wrong;

public class Function
{
    private static readonly HttpClient s_http = new();
    private static readonly Timer s_refresh = new(_ => Refresh(), null, TimeSpan.Zero, TimeSpan.FromMinutes(5)); // expect: WARM0008
    private static volatile string s_prices = string.Empty;

    public string HandleAsync(string product, ILambdaContext context) => product + s_prices + s_refresh;

    private static void Refresh() => s_prices = s_http.GetStringAsync("https://prices.example.com").GetAwaiter().GetResult();
}
