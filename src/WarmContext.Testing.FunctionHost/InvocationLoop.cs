using WarmContext.Testing.FunctionHost.Api;
using WarmContext.Testing.FunctionHost.Handlers;

namespace WarmContext.Testing.FunctionHost;

/// <summary>Asks for invocations one after the other and answers them.</summary>
internal sealed class InvocationLoop(RuntimeApiConnection api, Handler handler, FunctionVariables variables)
{
    private const string InvocationPath = "/2018-06-01/runtime/invocation/";

    private readonly ExecutionContext? _executionContext = ExecutionContext.Capture();

    public void Run()
    {
        while (true)
        {
            var next = api.Get(InvocationPath + "next");
            if (next.Status != 200)
            {
                throw new RuntimeApiException($"The Runtime API refused the request for the next invocation with status {next.Status}.");
            }

            var invocation = new InvocationHeaders(next);
            if (variables.ConcurrentLoops == 1)
            {
                Environment.SetEnvironmentVariable("_X_AMZN_TRACE_ID", invocation.TraceId);
            }

            Answer(invocation, next.Body);
        }
    }

    private void Answer(InvocationHeaders invocation, byte[] payload)
    {
        using var output = new MemoryStream();
        try
        {
            var context = handler.NeedsContext ? handler.Contexts!.Create(invocation) : null;

            // What the handler puts into AsyncLocals ends with its invocation.
            if (_executionContext is null)
            {
                handler.Invoke(payload, context, output);
            }
            else
            {
                ExecutionContext.Run(_executionContext, _ => handler.Invoke(payload, context, output), null);
            }
        }
        catch (Exception exception)
        {
            Console.Error.WriteLine(exception);
            api.Post(
                $"{InvocationPath}{invocation.RequestId}/error",
                "application/json",
                FunctionError.ToJson(exception),
                FunctionError.TypeOf(exception));
            return;
        }

        var answer = api.Post(
            $"{InvocationPath}{invocation.RequestId}/response", "application/json", output.GetBuffer().AsSpan(0, (int)output.Length));
        if (answer.Status != 202)
        {
            Console.Error.WriteLine(
                $"The response to {invocation.RequestId} was refused with status {answer.Status}: " +
                $"{System.Text.Encoding.UTF8.GetString(answer.Body).Trim()}");
        }
    }
}
