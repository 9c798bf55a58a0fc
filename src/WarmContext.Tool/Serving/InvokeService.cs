using System.Text.Json;
using Microsoft.AspNetCore.Http;
using WarmContext.Testing;
using WarmContext.Tool.Running;

namespace WarmContext.Tool.Serving;

/// <summary>The Invoke API of one function.</summary>
/// <param name="options">The function.</param>
/// <param name="qualifiers">Versions and aliases that it is found by, besides $LATEST.</param>
/// <param name="pool">Its environments.</param>
/// <param name="observer">Hears what happens.</param>
/// <param name="stopping">Cancelled when the server ends.</param>
internal sealed class InvokeService(
    LocalFunctionOptions options, IReadOnlySet<string> qualifiers, EnvironmentPool pool, IRunObserver observer, CancellationToken stopping)
{
    private const string Latest = "$LATEST";
    private const string Json = "application/json";
    private int _count;

    /// <summary>POST /2015-03-31/functions/{name}/invocations</summary>
    public async Task InvokeAsync(string name, HttpContext http)
    {
        var request = await ReadAsync(name, http, "X-Amz-Invocation-Type");
        http.Response.Headers["X-Amz-Executed-Version"] = Latest;
        switch (request.InvocationType)
        {
            case InvokeRequest.DryRun:
                http.Response.StatusCode = StatusCodes.Status204NoContent;
                return;
            case InvokeRequest.Asynchronous:
                _ = InvokeLaterAsync(Invocation(request));
                http.Response.StatusCode = StatusCodes.Status202Accepted;
                return;
        }

        var outcome = await InvokeAsync(request, http);
        if (!outcome.IsSuccess)
        {
            http.Response.Headers["X-Amz-Function-Error"] = "Unhandled";
        }

        if (request.WantsLog)
        {
            http.Response.Headers["X-Amz-Log-Result"] = LogTail.Header(LogTail.Of(outcome, options));
        }

        http.Response.ContentType = Json;
        http.Response.ContentLength = outcome.Payload.Length;
        await http.Response.Body.WriteAsync(outcome.Payload, http.RequestAborted);
    }

    /// <summary>POST /2021-11-15/functions/{name}/response-streaming-invocations</summary>
    public async Task InvokeWithResponseStreamAsync(string name, HttpContext http)
    {
        var request = await ReadAsync(name, http, "X-Amz-Invocation-Type");
        http.Response.Headers["X-Amz-Executed-Version"] = Latest;
        if (request.InvocationType == InvokeRequest.DryRun)
        {
            http.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        http.Response.ContentType = "application/vnd.amazon.eventstream";
        http.Response.Headers["X-Amzn-Remapped-Content-Type"] = "application/octet-stream";
        var wasStreamed = false;
        var outcome = await InvokeAsync(request, http, piece =>
        {
            wasStreamed = true;
            return WriteAsync("PayloadChunk", "application/octet-stream", piece);
        });
        if (!wasStreamed && outcome.IsSuccess && !outcome.Payload.IsEmpty)
        {
            await WriteAsync("PayloadChunk", "application/octet-stream", outcome.Payload);
        }

        await WriteAsync("InvokeComplete", Json, Completion(outcome, request.WantsLog));

        async ValueTask WriteAsync(string type, string contentType, ReadOnlyMemory<byte> payload)
        {
            await http.Response.Body.WriteAsync(EventStream.Message(type, contentType, payload.Span), http.RequestAborted);
            await http.Response.Body.FlushAsync(http.RequestAborted);
        }
    }

    private static LocalInvocation Invocation(InvokeRequest request, Func<ReadOnlyMemory<byte>, ValueTask>? received = null) => new()
    {
        ResponseReceived = received,
        Payload = request.Payload,
        ClientContext = request.ClientContext,
        TenantId = request.TenantId,
    };

    private async Task<InvokeRequest> ReadAsync(string name, HttpContext http, string typeHeader)
    {
        var request = await InvokeRequest.ReadAsync(name, http.Request, typeHeader, http.RequestAborted);
        var function = request.Function;
        var isKnown = function.Name == options.FunctionName
            && (function.Region is null || function.Region == options.Region)
            && (function.Qualifier is null or Latest || qualifiers.Contains(function.Qualifier));
        var qualifier = function.Qualifier is null ? string.Empty : ":" + function.Qualifier;
        var arn = $"arn:aws:lambda:{function.Region ?? options.Region}:123456789012:function:{function.Name}{qualifier}";
        return isKnown ? request : throw InvokeError.NotFound(arn);
    }

    private async Task<InvocationOutcome> InvokeAsync(
        InvokeRequest request, HttpContext http, Func<ReadOnlyMemory<byte>, ValueTask>? received = null)
    {
        var invocation = Invocation(request, received);
        http.Response.Headers["x-amzn-RequestId"] = invocation.RequestId;
        var slot = pool.TryTake() ?? throw InvokeError.TooMany();
        try
        {
            return await InvokeAsync(slot, invocation);
        }
        catch (Exception exception) when (exception is ArgumentException or IOException or PlatformNotSupportedException)
        {
            observer.Say(exception.Message);
            throw InvokeError.Ours(exception.Message);
        }
    }

    private async Task InvokeLaterAsync(LocalInvocation invocation)
    {
        try
        {
            await InvokeAsync(await pool.TakeAsync(stopping), invocation);
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException)
        {
            // The server ends.
        }
        catch (Exception exception)
        {
            observer.Say($"the asynchronous invocation {invocation.RequestId} could not be made: {exception.Message}");
        }
    }

    /// <summary>Invokes, and gives the place back when the environment is frozen: until then it is busy with the invocation.</summary>
    private async Task<InvocationOutcome> InvokeAsync(Slot slot, LocalInvocation invocation)
    {
        StartedEnvironment? environment = null;
        try
        {
            environment = await slot.GetAsync(stopping);
            var number = Interlocked.Increment(ref _count);
            observer.Invoking(environment.Number, number);
            var outcome = await environment.Lambda.InvokeAsync(invocation, stopping);
            environment.WriteNewLines(observer);
            observer.Answered(new InvocationResult(number, invocation.RequestId, environment.Number, outcome, null));
            return outcome;
        }
        finally
        {
            _ = FinishAsync(slot, environment);
        }
    }

    private async Task FinishAsync(Slot slot, StartedEnvironment? environment)
    {
        try
        {
            if (environment is not null)
            {
                await environment.Lambda.WaitUntilFrozenAsync(stopping);
                environment.WriteNewLines(observer);
                observer.Frozen(environment.Number);
            }
        }
        catch (Exception exception) when (exception is InvalidOperationException or OperationCanceledException or TimeoutException)
        {
            // Never frozen, or its process has ended, or the server ends.
        }
        finally
        {
            pool.Return(slot);
        }
    }

    private byte[] Completion(InvocationOutcome outcome, bool wantsLog)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            if (outcome.Error is { } error)
            {
                json.WriteString("ErrorCode", error.Type);
                json.WriteString("ErrorDetails", outcome.PayloadText);
            }

            if (wantsLog)
            {
                json.WriteString("LogResult", LogTail.Header(LogTail.Of(outcome, options)));
            }

            json.WriteEndObject();
        }

        return buffer.ToArray();
    }
}
