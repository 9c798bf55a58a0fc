using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace WarmContext.Testing;

public class OverheadTests
{
    private const int PerBatch = 21;

    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_limit = TimeSpan.FromMilliseconds(0.5);

    [Fact]
    public async Task An_invocation_costs_at_most_half_a_millisecond_more_than_a_bare_exchange()
    {
        var options = TestFunction.Options("Echo::StaticStream");
        options.ResourceLimits = ResourceLimits.Memory | ResourceLimits.EphemeralStorage;
        await using var lambda = await LocalExecutionEnvironment.StartAsync(options);
        using var bare = new BareExchange();

        // The best batch of each: other work on the machine makes any of them slower, never faster. Batches are so short that some fit in
        // between that work, and what an invocation costs by itself, every batch has. One that takes less than the limit altogether is
        // enough.
        var invocation = TimeSpan.MaxValue;
        var exchange = TimeSpan.MaxValue;
        for (var begun = Stopwatch.GetTimestamp(); invocation > s_limit && Stopwatch.GetElapsedTime(begun) < s_patience;)
        {
            invocation = Least(invocation, await MedianAsync(async () => await lambda.InvokeAsync("""{"id":1}""")));
            exchange = Least(exchange, await MedianAsync(bare.RunAsync));
        }

        Assert.Equal(1, lambda.ProcessCount);
        Assert.True(
            invocation - exchange <= s_limit,
            $"The median invocation took {invocation.TotalMilliseconds} ms, the median bare exchange {exchange.TotalMilliseconds} ms.");
    }

    [Fact]
    public void The_function_host_is_compiled_ahead_of_time_for_x64_and_IL_for_other_processors()
    {
        Assert.True(HasMachineCode(Functions.FunctionHostFile.PathFor(System.Runtime.InteropServices.Architecture.X64)));
        Assert.False(HasMachineCode(Functions.FunctionHostFile.PathFor(System.Runtime.InteropServices.Architecture.Arm64)));
    }

    private static bool HasMachineCode(string path)
    {
        using var reader = new System.Reflection.PortableExecutable.PEReader(File.OpenRead(path));
        return reader.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0;
    }

    private static TimeSpan Least(TimeSpan left, TimeSpan right) => left < right ? left : right;

    private static async Task<TimeSpan> MedianAsync(Func<Task> run)
    {
        var times = new TimeSpan[PerBatch];
        for (var i = 0; i < PerBatch; i++)
        {
            var begun = Stopwatch.GetTimestamp();
            await run();
            times[i] = Stopwatch.GetElapsedTime(begun);
        }

        Array.Sort(times);
        return times[PerBatch / 2];
    }

    /// <summary>An HTTP request and its answer on loopback, with as little around them as can be.</summary>
    private sealed class BareExchange : IDisposable
    {
        private static readonly byte[] s_request =
            "POST /2018-06-01/runtime/invocation/1/response HTTP/1.1\r\nHost: localhost\r\nContent-Length: 8\r\n\r\n{\"id\":1}"u8.ToArray();

        private static readonly byte[] s_answer =
            "HTTP/1.1 202 Accepted\r\nContent-Type: application/json\r\nContent-Length: 16\r\n\r\n{\"status\":\"OK\"}\n"u8.ToArray();

        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Socket _client = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        private readonly byte[] _buffer = new byte[1024];

        public BareExchange()
        {
            _listener.Start();
            _client.Connect(_listener.LocalEndpoint);
            _ = AnswerAsync();
        }

        public async Task RunAsync()
        {
            await _client.SendAsync(s_request);
            await _client.ReceiveAsync(_buffer);
        }

        public void Dispose()
        {
            _client.Dispose();
            _listener.Dispose();
        }

        private async Task AnswerAsync()
        {
            using var server = await _listener.AcceptSocketAsync();
            server.NoDelay = true;
            var buffer = new byte[1024];
            while (await server.ReceiveAsync(buffer) > 0)
            {
                await server.SendAsync(s_answer);
            }
        }
    }
}
