using System.Diagnostics;
using System.Text;
using WarmContext.Relay;
using WarmContext.Relay.Http;

namespace WarmContext.S3.Tests;

/// <summary>The answers of one connection of a <see cref="FaultProxy"/>. Requests have no body: only GET and HEAD go through it.</summary>
internal sealed class ProxyExchange(RelayedConnection connection, Stream client, Stream upstream, CancellationToken cancellationToken)
{
    private readonly HttpReader _answers = new(upstream);
    private readonly byte[] _buffer = new byte[64 * 1024];

    /// <summary>True when the connection can go on.</summary>
    public async Task<bool> AnswerAsync(HttpHead head, ProxiedRequest request, Fault fault, Task bodyMayCome)
    {
        if (fault.Before is { } before)
        {
            await before();
        }

        if (fault.Error is { } error)
        {
            await client.WriteAsync(Encoding.UTF8.GetBytes(Fault.ErrorAnswer(error.Status, error.Code)), cancellationToken);
            return true;
        }

        await upstream.WriteAsync(head.Bytes, cancellationToken);
        var answer = await _answers.ReadHeadAsync(cancellationToken) ?? throw new IOException("The gateway hung up.");
        var hasBody = request.Method != "HEAD" && !answer.Text.StartsWith("HTTP/1.1 304", StringComparison.Ordinal)
            && !answer.Text.StartsWith("HTTP/1.1 204", StringComparison.Ordinal);
        await Task.Delay(fault.Latency, cancellationToken);
        await client.WriteAsync(Encoding.Latin1.GetBytes(Spoil(answer.Text, fault)), cancellationToken);
        await bodyMayCome.WaitAsync(cancellationToken);
        if (hasBody && answer.HasTransferEncoding)
        {
            return await SendChunksAsync();
        }

        return !hasBody || await SendBodyAsync(answer.ContentLength, fault);
    }

    private static string Spoil(string answer, Fault fault)
    {
        if (fault.Pretend200)
        {
            answer = string.Join("\r\n", answer.Split("\r\n").Where(static line => !IsRange(line)))
                .Replace("HTTP/1.1 206 Partial Content", "HTTP/1.1 200 OK", StringComparison.Ordinal);
        }

        if (fault.ContentRange is { } range)
        {
            answer = string.Join("\r\n", answer.Split("\r\n").Select(line => IsRange(line) ? $"Content-Range: {range}" : line));
        }

        return fault.Headers is null ? answer : answer[..^2] + fault.Headers + "\r\n";
    }

    private static bool IsRange(string line) => line.StartsWith("Content-Range", StringComparison.OrdinalIgnoreCase);

    /// <summary>An answer whose length isn't told, as errors have it: passed on up to its last chunk.</summary>
    private async Task<bool> SendChunksAsync()
    {
        var all = new StringBuilder();
        while (!all.ToString().EndsWith("0\r\n\r\n", StringComparison.Ordinal))
        {
            var read = await _answers.ReadAsync(_buffer, cancellationToken);
            if (read == 0)
            {
                return false;
            }

            all.Append(Encoding.Latin1.GetString(_buffer, 0, read));
            await client.WriteAsync(_buffer.AsMemory(0, read), cancellationToken);
        }

        return true;
    }

    private async Task<bool> SendBodyAsync(long length, Fault fault)
    {
        var stopAt = Math.Min(fault.TruncateAt ?? long.MaxValue, Math.Min(fault.ResetAt ?? long.MaxValue, fault.StallAt ?? long.MaxValue));
        var watch = Stopwatch.StartNew();
        long sent = 0;
        while (sent < length && sent < stopAt)
        {
            var wanted = (int)Math.Min(_buffer.Length, Math.Min(length, stopAt) - sent);
            var read = await _answers.ReadAsync(_buffer.AsMemory(0, wanted), cancellationToken);
            if (read == 0)
            {
                return false;
            }

            if (fault.FlipAt is { } flip && flip >= sent && flip < sent + read)
            {
                _buffer[flip - sent] ^= 1;
            }

            await client.WriteAsync(_buffer.AsMemory(0, read), cancellationToken);
            sent += read;
            if (fault.BytesPerSecond is { } rate && TimeSpan.FromSeconds(sent / (double)rate) - watch.Elapsed is { Ticks: > 0 } ahead)
            {
                await Task.Delay(ahead, cancellationToken);
            }
        }

        if (sent == length)
        {
            return true;
        }

        if (fault.StallAt is not null)
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        if (fault.ResetAt is not null)
        {
            connection.ResetClient();
        }

        return false;
    }
}
