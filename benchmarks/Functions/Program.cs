using System.Globalization;
using Amazon.Lambda.Core;

namespace InitFunction;

/// <summary>The function as an executable: the least that Amazon.Lambda.RuntimeSupport would do.</summary>
internal static class Program
{
    public static async Task Main()
    {
        // As AWS's bootstrap does: the client first, then the function's own code.
        using var client = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };
        var root = $"http://{Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API")}/2018-06-01/runtime/invocation/";
        var prices = new Prices();
        while (true)
        {
            using var next = await client.GetAsync(new Uri(root + "next"));
            next.EnsureSuccessStatusCode();
            var context = new Context(Header(next, "Lambda-Runtime-Aws-Request-Id"), Header(next, "Lambda-Runtime-Deadline-Ms"));
            await using var answer = await prices.HandleAsync(await next.Content.ReadAsStreamAsync(), context);
            using var content = new StreamContent(answer);
            using var accepted = await client.PostAsync(new Uri($"{root}{context.AwsRequestId}/response"), content);
            accepted.EnsureSuccessStatusCode();
        }
    }

    private static string Header(HttpResponseMessage response, string name) => response.Headers.GetValues(name).First();

    private sealed class Context(string requestId, string deadline) : ILambdaContext
    {
        private readonly DateTimeOffset _deadline = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(
            deadline, CultureInfo.InvariantCulture));

        public string AwsRequestId => requestId;

        public IClientContext ClientContext => null!;

        public string FunctionName => string.Empty;

        public string FunctionVersion => string.Empty;

        public ICognitoIdentity Identity => null!;

        public string InvokedFunctionArn => string.Empty;

        public ILambdaLogger Logger => null!;

        public string LogGroupName => string.Empty;

        public string LogStreamName => string.Empty;

        public int MemoryLimitInMB => 0;

        public TimeSpan RemainingTime => _deadline - DateTimeOffset.UtcNow;
    }
}
