using System.Net;
using System.Text.Json;

namespace WarmContext.Lambda;

/// <summary>A client of the Extensions API: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-extensions-api.html (read 2026-11-20).</summary>
internal sealed class ExtensionApi(string address, HttpMessageHandler? handler = null) : IDisposable
{
    private const string IdentifierHeader = "Lambda-Extension-Identifier";

    // Of its own, so that the long poll never waits for a connection that something else uses.
    private readonly HttpClient _client = new(handler ?? new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly string _root = $"http://{address}/2020-01-01/extension/";

    /// <summary>Registers an internal extension, which is possible during Init alone.</summary>
    /// <param name="name">Its name, unique among the environment's extensions.</param>
    /// <param name="events">INVOKE, or nothing; an internal extension gets no others.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <returns>The identifier to ask for events with.</returns>
    /// <exception cref="HttpRequestException">It was refused, or the API couldn't be reached.</exception>
    public async Task<string> RegisterAsync(string name, string[] events, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, _root + "register");
        request.Headers.Add("Lambda-Extension-Name", name);
        request.Content = new StringContent(events.Length == 0 ? """{"events":[]}""" : $$"""{"events":["{{string.Join("\",\"", events)}}"]}""", System.Text.Encoding.UTF8, "application/json");
        using var response = await _client.SendAsync(request, cancellationToken).ConfigureAwait(false);
        await ThrowUnlessOkAsync(response, "register", cancellationToken).ConfigureAwait(false);
        return response.Headers.TryGetValues(IdentifierHeader, out var values)
            ? values.First()
            : throw new HttpRequestException($"The Extensions API accepted the registration and named no {IdentifierHeader}.");
    }

    /// <summary>Asks for the next event, which tells Lambda that the extension is done with the one before. Waits as long as none comes.</summary>
    /// <param name="identifier">From the registration.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    /// <exception cref="HttpRequestException">It was refused, or the connection broke.</exception>
    public async Task<ExtensionEvent> NextAsync(string identifier, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, _root + "event/next");
        request.Headers.Add(IdentifierHeader, identifier);
        using var response = await _client.SendAsync(request, cancellationToken).ConfigureAwait(false);
        await ThrowUnlessOkAsync(response, "event/next", cancellationToken).ConfigureAwait(false);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken).ConfigureAwait(false);
        using var json = JsonDocument.Parse(body);
        var root = json.RootElement;
        return new ExtensionEvent(
            root.GetProperty("eventType").GetString() ?? string.Empty,
            root.TryGetProperty("requestId", out var id) ? id.GetString() : null,
            root.TryGetProperty("deadlineMs", out var deadline) && deadline.TryGetInt64(out var milliseconds) && milliseconds > 0 ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) : null);
    }

    public void Dispose() => _client.Dispose();

    private static async Task ThrowUnlessOkAsync(HttpResponseMessage response, string call, CancellationToken cancellationToken)
    {
        if (response.StatusCode != HttpStatusCode.OK)
        {
            var body = await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false);
            throw new HttpRequestException($"The Extensions API answered {call} with {(int)response.StatusCode} {body}", null, response.StatusCode);
        }
    }
}
