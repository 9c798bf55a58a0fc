using Amazon.Lambda.Core;
using WarmContext;

namespace Patterns.NoTimers.Right;

public class Function
{
    private static readonly HttpClient s_http = new();
    private static readonly Warm<string> s_prices = new(
        token => s_http.GetStringAsync("https://prices.example.com", token),
        new WarmOptions<string> { Lifetime = TimeSpan.FromMinutes(5) });

    public async Task<string> HandleAsync(string product, ILambdaContext context) => product + await s_prices.GetAsync();
}
