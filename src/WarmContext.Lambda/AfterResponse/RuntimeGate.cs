using System.Net.Http.Headers;
using System.Text;
using WarmContext.Lambda.AfterResponse;

namespace WarmContext.Lambda;

/// <summary>
/// Sits in the runtime client of an executable function and holds back its request for the next event until the background work of the
/// invocation before has ended. The response has been sent by then, and the environment can't be frozen before the request.
/// Where there was work to wait for, the request's User-Agent says <c>(background work finished)</c>.
/// </summary>
/// <remarks>Safe to use from several threads at once. Only for executable functions: class libraries don't build their own runtime client.</remarks>
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

    /// <summary>Creates a client with a gate, fit to be the runtime client.</summary>
    /// <returns>The client; the function's bootstrap doesn't dispose it, and it is meant to live as long as the process.</returns>
    public static HttpClient CreateHttpClient()
    {
        var client = new HttpClient(new RuntimeGate(new SocketsHttpHandler
        {
            // Header values of an event may hold any text, and the default takes ASCII alone.
            RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8,
            UseProxy = false,
        }))
        {
            // The request for the next event waits as long as none comes.
            Timeout = Timeout.InfiniteTimeSpan,
        };
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("WarmContext", typeof(RuntimeGate).Assembly.GetName().Version?.ToString()));
        return client;
    }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (IsNextEvent(request))
        {
            Tell(request, await _guard.WaitForNextEventAsync(cancellationToken).ConfigureAwait(false));
        }

        return await base.SendAsync(request, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (IsNextEvent(request))
        {
            Tell(request, _guard.WaitForNextEventAsync(cancellationToken).GetAwaiter().GetResult());
        }

        return base.Send(request, cancellationToken);
    }

    // For whoever wonders what went on after the response, such as the local execution environment's audit, which knows these words.
    private static void Tell(HttpRequestMessage request, bool hasHeld)
    {
        if (hasHeld)
        {
            request.Headers.UserAgent.Add(Words.WorkFinished);
        }
    }

    // Not made in Init, where the first event is asked for.
    private static class Words
    {
        public static readonly ProductInfoHeaderValue WorkFinished = new("(background work finished)");
    }

    private static bool IsNextEvent(HttpRequestMessage request) =>
        request.Method == HttpMethod.Get && request.RequestUri is { IsAbsoluteUri: true } uri && uri.AbsolutePath.EndsWith(NextEvent, StringComparison.Ordinal);
}
