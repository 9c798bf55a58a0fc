using System.Net.Sockets;

namespace WarmContext.Testing.Http;

/// <summary>One connection: reads a request, has it answered, sends the answer, and so on until either side closes.</summary>
internal sealed class HttpConnection(
    Socket socket,
    Func<HttpRequest, int> maxBody,
    Action<HttpRequest> headRead,
    Func<HttpRequest, ValueTask<HttpResponse>> handle) : IDisposable
{
    private readonly HttpReader _reader = new(socket, maxBody, headRead);

    public async Task ServeAsync()
    {
        try
        {
            while (await _reader.ReadRequestAsync().ConfigureAwait(false) is { } request)
            {
                request.IsSenderGone = IsSenderGone;
                var response = await AnswerAsync(request).ConfigureAwait(false);
                if (response is null || response == HttpResponse.Cut)
                {
                    return;
                }

                if (request.IsTruncated)
                {
                    // It may have closed its own direction only, and wait for the answer.
                    await TrySendAsync(response).ConfigureAwait(false);
                    return;
                }

                await SendAsync(response, request.KeepsAlive).ConfigureAwait(false);
                if (!request.KeepsAlive)
                {
                    return;
                }
            }
        }
        catch (HttpProtocolException exception)
        {
            await TrySendAsync(new HttpResponse(400, System.Text.Encoding.UTF8.GetBytes(exception.Message))).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The process was killed, or the environment disposed. Both are noticed elsewhere, by those who care.
        }
        finally
        {
            socket.Dispose();
        }
    }

    public void Dispose() => socket.Dispose();

    /// <summary>The answer; null when the sender went away before there was one.</summary>
    private async ValueTask<HttpResponse?> AnswerAsync(HttpRequest request)
    {
        var answering = handle(request);
        if (answering.IsCompleted)
        {
            return await answering.ConfigureAwait(false);
        }

        // A long poll. Nobody sends anything while waiting, so whatever is readable means that the sender is gone.
        var answer = answering.AsTask();
        var readable = _reader.WaitForMoreAsync();
        if (await Task.WhenAny(answer, readable).ConfigureAwait(false) == readable && !answer.IsCompleted
            && !await readable.ConfigureAwait(false))
        {
            request.Abandoned?.Invoke();
            return null;
        }

        return await answer.ConfigureAwait(false);
    }

    // Readable with nothing to read: the end. The sender's own order is kept: what it closes before it sends another request is closed when
    // that comes in.
    private bool IsSenderGone()
    {
        try
        {
            return socket.Poll(0, SelectMode.SelectRead) && socket.Available == 0;
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            return true;
        }
    }

    private async ValueTask TrySendAsync(HttpResponse response)
    {
        try
        {
            await SendAsync(response, keepAlive: false).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Whoever sent the malformed request doesn't wait for the answer.
        }
    }

    private async ValueTask SendAsync(HttpResponse response, bool keepAlive)
    {
        ReadOnlyMemory<byte> rest = response.ToBytes(keepAlive);
        while (rest.Length > 0)
        {
            rest = rest[await socket.SendAsync(rest).ConfigureAwait(false)..];
        }
    }
}
