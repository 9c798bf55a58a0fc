using System.Globalization;
using WarmContext.Testing.Extensions;
using WarmContext.Testing.Http;

namespace WarmContext.Testing.Sandboxes;

/// <summary>The answer to "next": the event, and the headers that go with it.</summary>
internal static class InvocationEvent
{
    public static HttpResponse For(QueuedInvocation queued, LocalFunctionOptions options, TimeSpan clockOffset)
    {
        var invocation = queued.Invocation;
        var headers = new List<KeyValuePair<string, string>>(7)
        {
            new("Lambda-Runtime-Aws-Request-Id", invocation.RequestId),
            new(
                "Lambda-Runtime-Deadline-Ms",
                (queued.Deadline!.Value + clockOffset).ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture)),
            new("Lambda-Runtime-Invoked-Function-Arn", FunctionArn(invocation, options)),
            new("Lambda-Runtime-Trace-Id", queued.TraceId),
        };
        Add(headers, "Lambda-Runtime-Client-Context", invocation.ClientContext);
        Add(headers, "Lambda-Runtime-Cognito-Identity", invocation.CognitoIdentity);
        Add(headers, "Lambda-Runtime-Aws-Tenant-Id", invocation.TenantId);
        return new HttpResponse(200, invocation.Payload, [.. headers]);
    }

    /// <summary>The same for the extensions that want to know of it.</summary>
    public static HttpResponse ForExtensions(QueuedInvocation queued, LocalFunctionOptions options, TimeSpan clockOffset) =>
        ExtensionResponses.Invoke(
        queued.RequestId, queued.Deadline!.Value + clockOffset, FunctionArn(queued.Invocation, options), queued.TraceId);

    private static string FunctionArn(LocalInvocation invocation, LocalFunctionOptions options) =>
        invocation.InvokedFunctionArn ?? $"arn:aws:lambda:{options.Region}:123456789012:function:{options.FunctionName}";

    private static void Add(List<KeyValuePair<string, string>> headers, string name, string? value)
    {
        if (value is not null)
        {
            headers.Add(new(name, value));
        }
    }
}
