using System.Collections.Concurrent;
using System.Globalization;
using Amazon.Lambda.Core;

namespace LifecycleFunctions;

/// <summary>
/// Speaks the Runtime API over a client it is given, one event after the other: asks for the next one, runs the handler, posts what it
/// answered or threw, waits for that to be accepted, asks again. The order of calls is the one that the runtime client of AWS keeps.
/// </summary>
internal sealed class RuntimeClient(
    HttpClient client, Func<Stream, ILambdaContext, Task<Stream>> handler, Func<Stream, Stream, ILambdaContext, Task>? streaming = null)
{
    public RuntimeClient(HttpClient client, Func<Stream, Stream, ILambdaContext, Task> streaming)
        : this(client, static (_, _) => throw new NotSupportedException(), streaming)
    {
    }

    private static readonly ConcurrentDictionary<string, TaskCompletionSource> s_answers = new();

    private readonly string _root = $"http://{Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API")}/2018-06-01/runtime/invocation/";

    /// <summary>
    /// Ends when the invocation's answer has been accepted: what waits for it runs after the response, however slow the machine is. Only
    /// for executables, which use this client.
    /// </summary>
    public static Task Answered(string requestId) => AnswerTo(requestId).Task;

    public async Task RunAsync()
    {
        client.Timeout = TimeSpan.FromHours(12);
        while (true)
        {
            using var next = await client.GetAsync(_root + "next", HttpCompletionOption.ResponseHeadersRead);
            next.EnsureSuccessStatusCode();
            var input = new MemoryStream(await next.Content.ReadAsByteArrayAsync());
            var context = new RuntimeContext(
                Header(next, "Lambda-Runtime-Aws-Request-Id"), Header(next, "Lambda-Runtime-Deadline-Ms"),
                Header(next, "Lambda-Runtime-Invoked-Function-Arn"));
            var (path, content) = streaming is null ? await AnswerAsync(input, context) : (
                "response", new StreamedContent(response => streaming(input, response, context)));
            using var request = new HttpRequestMessage(HttpMethod.Post, $"{_root}{context.AwsRequestId}/{path}") { Content = content };
            if (streaming is not null)
            {
                request.Headers.Add("Lambda-Runtime-Function-Response-Mode", "streaming");
                request.Headers.TransferEncodingChunked = true;
            }

            using var accepted = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
            accepted.EnsureSuccessStatusCode();
            AnswerTo(context.AwsRequestId).TrySetResult();
        }
    }

    private static TaskCompletionSource AnswerTo(string requestId) =>
        s_answers.GetOrAdd(requestId, static _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    private static string Header(HttpResponseMessage response, string name) => response.Headers.GetValues(name).First();

    private async Task<(string Path, HttpContent Content)> AnswerAsync(Stream input, ILambdaContext context)
    {
        try
        {
            return ("response", new StreamContent(await handler(input, context)));
        }
        catch (Exception exception)
        {
            var error = $$"""{"errorMessage":"{{exception.Message}}","errorType":"{{exception.GetType().Name}}"}""";
            return ("error", new StringContent(error));
        }
    }

    private sealed class RuntimeContext(string requestId, string deadline, string arn) : ILambdaContext
    {
        private readonly DateTimeOffset _deadline = DateTimeOffset.FromUnixTimeMilliseconds(
            long.Parse(deadline, CultureInfo.InvariantCulture));

        public string AwsRequestId => requestId;

        public IClientContext ClientContext => null!;

        public string FunctionName => string.Empty;

        public string FunctionVersion => string.Empty;

        public ICognitoIdentity Identity => null!;

        public string InvokedFunctionArn => arn;

        public ILambdaLogger Logger => null!;

        public string LogGroupName => string.Empty;

        public string LogStreamName => string.Empty;

        public int MemoryLimitInMB => 0;

        // Unclamped, as the real one.
        public TimeSpan RemainingTime => _deadline - DateTimeOffset.UtcNow;
    }
}
