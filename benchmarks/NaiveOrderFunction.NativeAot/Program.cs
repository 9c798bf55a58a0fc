using OrderFunction.Naive;
using OrderFunction.NativeAot;

var handler = new NaiveOrderHandler();
using var runtime = new RuntimeApi(
    Environment.GetEnvironmentVariable("AWS_LAMBDA_RUNTIME_API")
        ?? throw new InvalidOperationException("AWS_LAMBDA_RUNTIME_API is not set; run it in an execution environment."));
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
