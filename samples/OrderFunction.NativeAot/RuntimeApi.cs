using System.Globalization;
using System.Text.Json;

namespace OrderFunction.NativeAot;

/// <summary>The three calls of Lambda's Runtime API that serving invocations takes.</summary>
internal sealed class RuntimeApi : IDisposable
{
    // Waiting for the next invocation lasts as long as nobody calls the function, frozen or not.
    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly string _invocation;

    public RuntimeApi(string address) => _invocation = $"http://{address}/2018-06-01/runtime/invocation";

    public async Task<(InvocationContext Context, Stream Payload)> NextAsync()
    {
        var response = await _http.GetAsync(new Uri($"{_invocation}/next"));
        response.EnsureSuccessStatusCode();
        var deadline = DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(
            Header(response, "Lambda-Runtime-Deadline-Ms")!, CultureInfo.InvariantCulture));
        var context = new InvocationContext(
            Header(response, "Lambda-Runtime-Aws-Request-Id")!, Header(response, "Lambda-Runtime-Invoked-Function-Arn"), deadline);
        return (context, await response.Content.ReadAsStreamAsync());
    }

    public async Task RespondAsync(string requestId, Stream response)
    {
        using var content = new StreamContent(response);
        using var accepted = await _http.PostAsync(new Uri($"{_invocation}/{requestId}/response"), content);
        accepted.EnsureSuccessStatusCode();
    }

    public async Task FailAsync(string requestId, Exception exception)
    {
        using var body = new MemoryStream();
        await using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("errorType", exception.GetType().Name);
            json.WriteString("errorMessage", exception.Message);
            json.WriteEndObject();
        }

        using var content = new ByteArrayContent(body.ToArray());
        using var accepted = await _http.PostAsync(new Uri($"{_invocation}/{requestId}/error"), content);
        accepted.EnsureSuccessStatusCode();
    }

    public void Dispose() => _http.Dispose();

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? values.First() : null;
}
