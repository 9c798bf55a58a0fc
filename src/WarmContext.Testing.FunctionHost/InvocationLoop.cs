using WarmContext.Testing.FunctionHost.Api;
using WarmContext.Testing.FunctionHost.Core;
using WarmContext.Testing.FunctionHost.Handlers;

namespace WarmContext.Testing.FunctionHost;

/// <summary>Asks for invocations one after the other and answers them.</summary>
internal sealed class InvocationLoop(RuntimeApiConnection api, Handler handler, FunctionVariables variables)
{
    private const string InvocationPath = "/2018-06-01/runtime/invocation/";

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

            Answer(new RunningInvocation(invocation, api), next.Body);
        }
    }

    private void Answer(RunningInvocation invocation, byte[] payload)
    {
        using var output = new MemoryStream();
        var failure = InvokeOnThreadPool(invocation, payload, output);
        if (failure is not null)
        {
            Console.Error.WriteLine(failure);
        }

        var requestId = invocation.Headers.RequestId;
        var answer = invocation.Stream is { } stream ? stream.End(failure)
            : failure is not null
                ? api.Post(
                    $"{InvocationPath}{requestId}/error", "application/json", FunctionError.ToJson(failure), FunctionError.TypeOf(failure))
                : api.Post($"{InvocationPath}{requestId}/response", "application/json", output.GetBuffer().AsSpan(0, (int)output.Length));
        if (answer.Status == 202)
        {
            return;
        }

        var refusal = $"The response to {requestId} was refused with status {answer.Status}: " +
            System.Text.Encoding.UTF8.GetString(answer.Body).Trim();
        if (variables.ConcurrentLoops > 1)
        {
            Console.Error.WriteLine(refusal);
            return;
        }

        // Lambda's own runtime ends too, and with it what the function still does after the response.
        throw new RuntimeApiException(refusal);
    }

    // On a thread of the pool, which it blocks until it is done, as in Lambda's own runtime. Queued without this thread's context, so what
    // the handler puts into AsyncLocals ends with its invocation.
    private Exception? InvokeOnThreadPool(RunningInvocation invocation, byte[] payload, MemoryStream output)
    {
        Exception? failure = null;
        var done = new ManualResetEventSlim();
        ThreadPool.UnsafeQueueUserWorkItem(
            _ =>
            {
                try
                {
                    invocation.Enter(variables.ConcurrentLoops > 1);
                    FunctionCore.Begin(invocation.Headers);
                    handler.Invoke(payload, handler.NeedsContext ? handler.Contexts!.Create(invocation.Headers) : null, output);
                }
                catch (Exception exception)
                {
                    failure = exception;
                }
                finally
                {
                    done.Set();
                }
            },
            null);
        done.Wait();
        return failure;
    }
}
