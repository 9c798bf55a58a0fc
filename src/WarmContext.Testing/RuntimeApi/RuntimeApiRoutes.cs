using WarmContext.Testing.Http;

namespace WarmContext.Testing.RuntimeApi;

/// <summary>Finds out what a request to the Runtime API asks for, and hands it on.</summary>
internal static class RuntimeApiRoutes
{
    /// <summary>6 MiB and 100 bytes, the largest buffered response that Lambda takes.</summary>
    public const int MaxResponse = (6 * 1024 * 1024) + 100;

    /// <summary>
    /// 200 MiB, the largest streamed response (https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html).
    /// </summary>
    public const int MaxStreamedResponse = 200 * 1024 * 1024;

    private const string ResponseMode = "Lambda-Runtime-Function-Response-Mode";
    private const string Streaming = "streaming";
    private const string InvocationPrefix = "/2018-06-01/runtime/invocation/";

    /// <summary>The mode of a response that asks for one there isn't; null otherwise.</summary>
    public static string? InvalidModeOf(HttpRequest request) => request.Header(ResponseMode) is { } mode && mode != Streaming ? mode : null;

    /// <summary>How much of a request's body is read.</summary>
    public static int MaxBody(HttpRequest request) => request.Header(ResponseMode) == Streaming ? MaxStreamedResponse : MaxResponse;

    /// <summary>A request has begun to come in: a streamed response is passed on as it does.</summary>
    public static void HeadRead(HttpRequest request, IRuntimeApi api)
    {
        if (request.Header(ResponseMode) == Streaming && InvocationRoute(request.Path) is (var requestId, "response"))
        {
            request.BodyReceived = api.StreamOf(requestId);
        }
    }

    public static ValueTask<HttpResponse> HandleAsync(HttpRequest request, IRuntimeApi api)
    {
        switch (request.Path)
        {
            case InvocationPrefix + "next":
                return request.Method == "GET" ? api.NextAsync(request) : new(ApiResponses.MethodNotAllowed);
            case "/2018-06-01/runtime/init/error":
                return new(request.Method == "POST" ? api.InitError(request) : ApiResponses.MethodNotAllowed);
            case "/2018-06-01/runtime/restore/next":
                return request.Method == "GET" ? api.RestoreNextAsync(request) : new(ApiResponses.MethodNotAllowed);
            case "/2018-06-01/runtime/restore/error":
                return new(request.Method == "POST" ? api.RestoreError(request) : ApiResponses.MethodNotAllowed);
            case "/2020-01-01/extension/register":
                return request.Method == "POST" ? api.RegisterExtensionAsync(request) : new(ApiResponses.MethodNotAllowed);
            case "/2020-01-01/extension/event/next":
                return request.Method == "GET" ? api.NextExtensionEventAsync(request) : new(ApiResponses.MethodNotAllowed);
            case "/2020-01-01/extension/init/error":
                return new(request.Method == "POST" ? api.ExtensionError(request, isInit: true) : ApiResponses.MethodNotAllowed);
            case "/2020-01-01/extension/exit/error":
                return new(request.Method == "POST" ? api.ExtensionError(request, isInit: false) : ApiResponses.MethodNotAllowed);
            case "/2022-07-01/telemetry":
                return new(request.Method == "PUT" ? ApiResponses.NoTelemetry : ApiResponses.MethodNotAllowed);
            case "/2020-08-15/logs":
                return new(request.Method == "PUT" ? ApiResponses.NoLogs : ApiResponses.MethodNotAllowed);
        }

        if (InvocationRoute(request.Path) is var (requestId, action))
        {
            return new(request.Method != "POST" ? ApiResponses.MethodNotAllowed
                : action == "response" ? api.Response(requestId, request)
                : api.Error(requestId, request));
        }

        return new(ApiResponses.NotFound);
    }

    /// <summary>The request id and the action of a path like runtime/invocation/ID/response; null for any other.</summary>
    private static (string RequestId, string Action)? InvocationRoute(string path)
    {
        if (!path.StartsWith(InvocationPrefix, StringComparison.Ordinal))
        {
            return null;
        }

        var rest = path.AsSpan(InvocationPrefix.Length);
        var slash = rest.IndexOf('/');
        return slash > 0 && rest[(slash + 1)..] is "response" or "error"
            ? (rest[..slash].ToString(), rest[(slash + 1)..].ToString())
            : null;
    }
}
