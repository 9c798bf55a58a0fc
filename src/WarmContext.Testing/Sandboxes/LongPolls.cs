using WarmContext.Testing.Http;

namespace WarmContext.Testing.Sandboxes;

/// <summary>Requests that are answered when there is something for them. Used under the sandbox's lock.</summary>
internal sealed class LongPolls
{
    private readonly List<TaskCompletionSource<HttpResponse>> _waiting = [];

    public bool IsAnyWaiting => _waiting.Count > 0;

    /// <summary>Has a request wait, until it is answered or its sender goes away.</summary>
    public Task<HttpResponse> Add(HttpRequest request)
    {
        var answer = new TaskCompletionSource<HttpResponse>(TaskCreationOptions.RunContinuationsAsynchronously);
        request.Abandoned = () => _waiting.Remove(answer);
        _waiting.Add(answer);
        return answer.Task;
    }

    /// <summary>Forgets them all: a sender that asks again has given up its first request.</summary>
    public void Clear() => _waiting.Clear();

    /// <summary>Answers the latest.</summary>
    public void Answer(HttpResponse response)
    {
        if (_waiting.Count > 0)
        {
            var latest = _waiting[^1];
            _waiting.RemoveAt(_waiting.Count - 1);
            latest.TrySetResult(response);
        }
    }
}
