using OrderFunction;
using OrderFunction.NativeAot;

// On Lambda, and in a local execution environment: serve invocations. Elsewhere: handle the one event on standard input, to try it out.
// With Amazon.Lambda.RuntimeSupport, which deployed functions use, all of this is
//   await LambdaBootstrapBuilder.Create((Stream input, ILambdaContext context) => handler.HandleAsync(input, context)).Build().RunAsync();
var handler = new OrderHandler();
var runtimeApi = Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API");
if (string.IsNullOrEmpty(runtimeApi))
{
    using var input = new MemoryStream();
    await Console.OpenStandardInput().CopyToAsync(input);
    input.Position = 0;
    await using var output = await handler.HandleAsync(
        input, new InvocationContext("local", null, DateTimeOffset.UtcNow + TimeSpan.FromSeconds(30)));
    await using var console = Console.OpenStandardOutput();
    await output.CopyToAsync(console);
    return 0;
}

using var runtime = new RuntimeApi(runtimeApi);
while (true)
{
    var (context, payload) = await runtime.NextAsync();
    try
    {
        await using var response = await handler.HandleAsync(payload, context);
        await runtime.RespondAsync(context.AwsRequestId, response);
    }
    catch (Exception exception)
    {
        await runtime.FailAsync(context.AwsRequestId, exception);
    }
}
