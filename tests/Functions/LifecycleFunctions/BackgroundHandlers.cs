using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Amazon.Lambda.Core;
using WarmContext;
using WarmContext.Lambda;

namespace LifecycleFunctions;

/// <summary>
/// Does background work as the event says, and keeps a journal of it in the temporary directory: a line when work ends, with the invocation
/// it belongs to, the one it finds itself in, that one's number and how many had begun by then, and for "gated" work whether it was told to
/// go on.
/// </summary>
public class BackgroundHandlers
{
    private static readonly WarmHandler s_warm = new(
        new InvocationOptions
        {
            BackgroundCompletion = Enum.Parse<BackgroundCompletion>(Environment.GetEnvironmentVariable("COMPLETION") ?? "BeforeReturn"),
            DeadlineMargin = TimeSpan.FromMilliseconds(
                int.Parse(Environment.GetEnvironmentVariable("MARGIN") ?? "500", CultureInfo.InvariantCulture)),
        },
        Enum.Parse<AfterResponseMechanism>(Environment.GetEnvironmentVariable("MECHANISM") ?? "Automatic"));

    private static readonly string[] s_kinds = ["yielding", "stubborn", "blocking", "adding", "failing"];
    private static readonly object s_gate = new();
    private static readonly string s_directory = ExecutionEnvironment.Current.TemporaryDirectory;

    // Longer than any answer takes on a busy machine.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    // Without a static constructor, static fields are initialized at their first use: in the first invocation, not in Init.
    static BackgroundHandlers()
    {
    }

    public Task<Stream> Work(Stream input, ILambdaContext context) => s_warm.RunAsync(input, context, static async (input, invocation) =>
    {
        var work = JsonSerializer.Deserialize<WorkOrder>(input)!;
        for (var i = 0; i < work.Tasks; i++)
        {
            var part = work.Kind == "mixed" ? work with { Kind = s_kinds[i % s_kinds.Length] } : work;
            invocation.Background.Run($"{part.Kind} {i}", token => DoAsync(part, invocation, token));
        }

        if (work.HandlerMilliseconds > 0)
        {
            await Task.Delay(work.HandlerMilliseconds);
        }

        while (ExecutionEnvironment.Current.InvocationCount < work.Invocations)
        {
            await Task.Delay(5);
        }

        return work.Throws
            ? throw new InvalidOperationException("the handler's own")
            : (Stream)new MemoryStream(Encoding.UTF8.GetBytes($"\"{invocation.RequestId}\""));
    });

    /// <summary>Answers piece by piece, as handlers do that stream their response, and works on when all of it is written.</summary>
    public static Task StreamAsync(Stream input, Stream response, ILambdaContext context) => s_warm.RunAsync(
        input, context, async (input, invocation) =>
    {
        var work = JsonSerializer.Deserialize<WorkOrder>(input)!;
        await response.WriteAsync(Encoding.UTF8.GetBytes($"first {invocation.RequestId} "));
        await response.FlushAsync();
        await Task.Delay(work.HandlerMilliseconds);
        invocation.Background.Run(work.Kind, token => DoAsync(work, invocation, token));
        await response.WriteAsync("last"u8.ToArray());
    });

    private static async Task DoAsync(WorkOrder work, Invocation invocation, CancellationToken cancellationToken)
    {
        var told = string.Empty;
        switch (work.Kind)
        {
            case "blocking": Thread.Sleep(work.Milliseconds); break;
            case "stubborn": await Task.Delay(work.Milliseconds, CancellationToken.None); break;
            case "adding": invocation.Background.Run("added", token => DoAsync(work with { Kind = "yielding" }, invocation, token)); break;
            case "answered":
                await RuntimeClient.Answered(invocation.RequestId);
                await Task.Delay(work.Milliseconds, cancellationToken);
                break;
            case "failing":
                await Task.Delay(work.Milliseconds, cancellationToken);
                throw new InvalidOperationException("failed in the background");
            case "gated":
                told = await IsToldAsync(invocation.RequestId, cancellationToken) ? " told" : " untold";
                await Task.Delay(work.Milliseconds, cancellationToken);
                break;
            default: await Task.Delay(work.Milliseconds, cancellationToken); break;
        }

        lock (s_gate)
        {
            var ids = $"{invocation.RequestId} {Invocation.Current.RequestId}";
            var line = $"{ids} {invocation.Number} {ExecutionEnvironment.Current.InvocationCount}{told}\n";
            File.AppendAllText(Path.Combine(s_directory, "journal"), line);
        }
    }

    /// <summary>Waits for the file by which the caller says that it has the answer; false when it doesn't come.</summary>
    private static async Task<bool> IsToldAsync(string requestId, CancellationToken cancellationToken)
    {
        var begun = Stopwatch.GetTimestamp();
        while (!File.Exists(Path.Combine(s_directory, "answered-" + requestId)))
        {
            if (Stopwatch.GetElapsedTime(begun) > s_patience)
            {
                return false;
            }

            await Task.Delay(5, cancellationToken);
        }

        return true;
    }
}
