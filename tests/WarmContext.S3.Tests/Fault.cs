using System.Text;

namespace WarmContext.S3.Tests;

/// <summary>What happens to an answer.</summary>
internal sealed record Fault
{
    public static readonly Fault None = new();

    /// <summary>Closes the connection after so many bytes of the body.</summary>
    public long? TruncateAt { get; init; }

    /// <summary>Resets the connection after so many bytes of the body.</summary>
    public long? ResetAt { get; init; }

    /// <summary>Sends no more after so many bytes of the body.</summary>
    public long? StallAt { get; init; }

    /// <summary>Flips a bit of this byte of the body.</summary>
    public long? FlipAt { get; init; }

    /// <summary>Answers this status and S3 error code instead.</summary>
    public (int Status, string Code)? Error { get; init; }

    /// <summary>Claims 200 and no range, whatever the gateway said.</summary>
    public bool Pretend200 { get; init; }

    /// <summary>Claims another range.</summary>
    public string? ContentRange { get; init; }

    /// <summary>Header lines to add, each with its line end.</summary>
    public string? Headers { get; init; }

    /// <summary>The most bytes a second on the connection.</summary>
    public long? BytesPerSecond { get; init; }

    /// <summary>How long the answer is held back.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Awaited before the request goes on to the gateway.</summary>
    public Func<Task>? Before { get; init; }

    public static string ErrorAnswer(int status, string code)
    {
        var body = $"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{code}</Message></Error>";
        var length = Encoding.UTF8.GetByteCount(body);
        return $"HTTP/1.1 {status} {code}\r\nContent-Type: application/xml\r\nContent-Length: {length}\r\n\r\n{body}";
    }
}
