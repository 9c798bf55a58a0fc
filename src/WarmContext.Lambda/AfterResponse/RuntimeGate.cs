using System.Net.Http.Headers;
using System.Text;
using WarmContext.Lambda.AfterResponse;

namespace WarmContext.Lambda;

/// <summary>
/// A message handler for the runtime client of an executable function. It holds back the request for the next event until the background
/// work of the previous invocation has ended. The response has been sent by then, and the environment can't be frozen before the request.
/// If there was such work, the request's User-Agent has <c>(background work finished)</c>.
/// </summary>
/// <remarks>
/// Safe to use from several threads at once. Only for executable functions: class libraries don't create their runtime client.
/// </remarks>
/// <example>
/// One line in Main:
/// <code>
/// await LambdaBootstrapBuilder.Create&lt;Order&gt;(HandleAsync, serializer)
///     .UseHttpClient(RuntimeGate.CreateHttpClient())
///     .Build().RunAsync();
/// </code>
/// </example>
public sealed class RuntimeGate : DelegatingHandler
{
    private const string NextEvent = "/runtime/invocation/next";

    private readonly RuntimeGateGuard _guard;

    /// <summary>Creates a gate over a handler that sends the requests.</summary>
    /// <param name="innerHandler">Sends the requests.</param>
    /// <exception cref="ArgumentNullException"><paramref name="innerHandler"/> is null.</exception>
    public RuntimeGate(HttpMessageHandler innerHandler)
        : this(innerHandler ?? throw new ArgumentNullException(nameof(innerHandler)), RuntimeGateGuard.Instance)
    {
    }

    internal RuntimeGate(HttpMessageHandler innerHandler, RuntimeGateGuard guard)
        : base(innerHandler) => _guard = guard;

    /// <summary>Creates a runtime client with a gate.</summary>
    /// <returns>The client. It lives as long as the process; the function's bootstrap doesn't dispose it.</returns>
    public static HttpClient CreateHttpClient()
    {
        var client = new HttpClient(new RuntimeGate(new SocketsHttpHandler
        {
            // The headers of an event may have any text, and the default accepts ASCII alone.
            RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
            UseProxy = false,
        }))
        {
            // The request for the next event waits until there is one.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        var version = typeof(RuntimeGate).Assembly.GetName().Version;
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("WarmContext", version?.ToString()));
        return client;
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (IsNextEvent(request))
        {
            MarkUserAgent(request, await _guard.WaitForNextEventAsync(cancellationToken).ConfigureAwait(false));
        }

        return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (IsNextEvent(request))
        {
            MarkUserAgent(request, _guard.WaitForNextEventAsync(cancellationToken).GetAwaiter().GetResult());
        }

        return base.Send(request, cancellationToken);
    }

    // For those who ask what ran after the response, such as the local execution environment's audit, which knows this text.
    private static void MarkUserAgent(HttpRequestMessage request, bool hasHeld)
    {
        if (hasHeld)
        {
            request.Headers.UserAgent.Add(new ProductInfoHeaderValue("(background work finished)"));
        }
    }

    private static bool IsNextEvent(HttpRequestMessage request) =>
        request.Method == HttpMethod.Get && request.RequestUri is { IsAbsoluteUri: true } uri
        && uri.AbsolutePath.EndsWith(NextEvent, StringComparison.Ordinal);
}
