#if ECHO_PLAIN || ECHO_WARM
using OrderFunction.NativeAot;

#if ECHO_WARM
var handler = new EchoFunction.WarmEcho();
#else
var handler = new EchoFunction.PlainEcho();
#endif
using var runtime = new RuntimeApi(
    Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API")
        ?? throw new InvalidOperationException("AWS_LAMBDA_RUNTIME_API is not set; run it in an execution environment."));
while (true)
{
    var (context, payload) = await runtime.NextAsync();
    await using var response = await handler.HandleAsync(payload, context);
    await runtime.RespondAsync(context.AwsRequestId, response);
}
#else
// A plain start of the assembly, beside which its cold start as a function is measured.
await Console.Out.WriteLineAsync("ready");
#endif
