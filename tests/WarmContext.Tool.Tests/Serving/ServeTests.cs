using System.Net;
using System.Net.Sockets;
using System.Text;

namespace WarmContext.Tool;

public class ServeTests
{
    [Fact]
    public async Task The_AWS_CLI_invokes_the_function()
    {
        await using var server = await Server.StartAsync("Lifecycle::Log");

        var result = await server.InvokeAsync("--payload", "\"one\"", "--log-type", "Tail");

        Assert.Equal("\"one\"", result.Payload);
        var answer = result.Expect(0);
        Assert.Equal(200, answer.GetProperty("StatusCode").GetInt32());
        Assert.Equal("$LATEST", answer.GetProperty("ExecutedVersion").GetString());
        Assert.False(answer.TryGetProperty("FunctionError", out _));
        var log = Encoding.UTF8.GetString(Convert.FromBase64String(answer.GetProperty("LogResult").GetString()!));
        Assert.StartsWith("START RequestId: ", log, StringComparison.Ordinal);
        Assert.Contains("out one\n", log, StringComparison.Ordinal);
        Assert.Contains("\tMemory Size: 512 MB\tInit Duration: ", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_AWS_CLI_learns_of_a_function_that_fails()
    {
        await using var server = await Server.StartAsync("Lifecycle::Throw");

        var result = await server.InvokeAsync("--payload", "\"no stock\"");

        Assert.Equal("Unhandled", result.Expect(0).GetProperty("FunctionError").GetString());
        Assert.Contains("\"errorMessage\":\"no stock\"", result.Payload, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Asynchronous_invocations_and_dry_runs_are_answered_at_once()
    {
        await using var server = await Server.StartAsync("Lifecycle::Log");

        Assert.Equal(204, (await server.InvokeAsync("--invocation-type", "DryRun")).Expect(0).GetProperty("StatusCode").GetInt32());
        Assert.Equal(
            202,
            (await server.InvokeAsync("--invocation-type", "Event", "--payload", "\"later\""))
                .Expect(0)
                .GetProperty("StatusCode")
                .GetInt32());

        Assert.Contains("out later", await server.UntilWrittenAsync("out later"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere", "ResourceNotFoundException", "Function not found: arn:aws:lambda:us-east-1:123456789012:function:nowhere")]
    [InlineData("local-function:unknown", "ResourceNotFoundException", "function:local-function:unknown")]
    public async Task An_unknown_function_is_not_found(string name, string type, string message)
    {
        await using var server = await Server.StartAsync("Echo::NoInput");

        var result = await server.InvokeAsync(name);

        Assert.NotEqual(0, result.Code);
        Assert.Contains($"An error occurred ({type}) when calling the Invoke operation", result.Error, StringComparison.Ordinal);
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_partial_names_ARNs_and_qualifiers_find_the_function()
    {
        await using var server = await Server.StartAsync("Echo::NoInput", "--qualifier", "live");

        foreach (var name in (string[])
        [
            "local-function", "local-function:live", "123456789012:function:local-function",
            "arn:aws:lambda:us-east-1:123456789012:function:local-function:$LATEST"
        ])
        {
            var result = await server.InvokeAsync(name);
            result.Expect(0);
            Assert.Equal("42", result.Payload);
        }
    }

    [Fact]
    public async Task Events_that_are_too_large_or_no_JSON_are_refused()
    {
        using var files = new TemporaryDirectory();
        await using var server = await Server.StartAsync("Echo::Size");

        var tooLarge = await server.InvokeAsync(
            "--payload", "fileb://" + files.Write("large.json", "\"" + new string('x', 6 * 1024 * 1024) + "\""));
        var noJson = await server.InvokeAsync("--payload", "{no}");

        Assert.Contains("(RequestTooLargeException)", tooLarge.Error, StringComparison.Ordinal);
        Assert.Contains("Request must be smaller than 6291456 bytes", tooLarge.Error, StringComparison.Ordinal);
        Assert.Contains("(InvalidRequestContentException)", noJson.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Calls_beyond_the_concurrency_are_throttled()
    {
        await using var server = await Server.StartAsync("Lifecycle::SleepMilliseconds", "--concurrency", "1", "--timeout", "15m");
        using var http = new HttpClient { Timeout = Timeout.InfiniteTimeSpan };

        // Busy until the server ends, however long the CLI takes to start.
        var busy = http.PostAsync(server.InvokeUrl, new StringContent("800000"));
        await server.UntilEnvironmentStartsAsync();

        var result = await server.InvokeAsync("--payload", "1");

        Assert.Contains("(TooManyRequestsException)", result.Error, StringComparison.Ordinal);
        Assert.False(busy.IsCompleted);
    }

    [Fact]
    public async Task A_response_is_streamed_in_the_event_streams_form()
    {
        await using var server = await Server.StartAsync("Echo::NoInput");
        using var http = new HttpClient();

        using var response = await http.PostAsync(
            new Uri(server.Url, "/2021-11-15/functions/local-function/response-streaming-invocations"), new StringContent("{}"));

        Assert.Equal("application/vnd.amazon.eventstream", response.Content.Headers.ContentType!.MediaType);
        var messages = EventStreamReader.Read(await response.Content.ReadAsByteArrayAsync());
        Assert.Equal([("PayloadChunk", "42"), ("InvokeComplete", "{}")], messages);
    }

    [Theory]
    [InlineData("printf 'last' >&3", """PayloadChunk last, InvokeComplete {}""")]
    [InlineData("kill -KILL $sender", """InvokeComplete {"ErrorCode":"Runtime.TruncatedResponse",""")]
    public async Task A_streamed_response_is_passed_on_piece_by_piece_while_it_is_written_and_where_it_breaks_off_says_so(
        string then, string expected)
    {
        using var script = new Script($$"""
            mkfifo "$TMPDIR/response"
            while :; do
              next
              curl -sS -o /dev/null -N -T - -X POST -H 'Expect:' -H 'Lambda-Runtime-Function-Response-Mode: streaming' "$runtime/invocation/$id/response" < "$TMPDIR/response" &
              sender=$!
              exec 3> "$TMPDIR/response"
              printf 'first ' >&3
              until [ -e "$GO" ]; do sleep 0.05; done
              {{then}}
              exec 3>&-
              wait $sender
            done
            """);
        await using var server = await Server.StartAsync([.. script.Arguments, "--env", "GO=" + script.Files["go"]]);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(
            HttpMethod.Post,
            new Uri(
                server.Url, "/2021-11-15/functions/local-function/response-streaming-invocations")) { Content = new StringContent("{}") };

        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await using var stream = await response.Content.ReadAsStreamAsync();
        var buffer = new byte[1000];
        var first = buffer[..await stream.ReadAsync(buffer)];
        Assert.Equal([("PayloadChunk", "first ")], EventStreamReader.Read(first));
        script.Files.Write("go", string.Empty);
        using var rest = new MemoryStream();
        await stream.CopyToAsync(rest);

        Assert.StartsWith(
            expected,
            string.Join(", ", EventStreamReader.Read(rest.ToArray()).Select(static message => $"{message.Type} {message.Payload}")),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_port_in_use_is_named()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;

        var result = (await ToolProcess.RunAsync(["serve", .. ToolProcess.Function("Echo::NoInput"), "--port", $"{port}"])).Expect(2);

        Assert.Contains($"--port is {port}, and something listens on 127.0.0.1:{port} already", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ctrl_C_ends_it_cleanly_and_writes_what_was_asked_for()
    {
        using var files = new TemporaryDirectory();
        await using var server = await Server.StartAsync("Lifecycle::Child", "--record", files["recording.json"]);
        var result = await server.InvokeAsync("--payload", "\"sleep 1000\"");
        var child = int.Parse(result.Payload, System.Globalization.CultureInfo.InvariantCulture);

        (await server.EndAsync()).Expect(0);

        await Processes.UntilGoneAsync(child);
        Assert.Contains("\"invocations\": [", await File.ReadAllTextAsync(files["recording.json"]), StringComparison.Ordinal);
    }
}
