using WarmContext.Testing.Http;

namespace WarmContext.Testing.RuntimeApi;

/// <summary>The requests of the Runtime API and the Extensions API, whatever path and method they came by.</summary>
internal interface IRuntimeApi
{
    /// <summary>The receiver of an invocation's streamed response; null when there is none.</summary>
    Func<ReadOnlyMemory<byte>, ValueTask>? StreamOf(string requestId);

    /// <summary>GET runtime/invocation/next.</summary>
    ValueTask<HttpResponse> NextAsync(HttpRequest request);

    /// <summary>POST runtime/invocation/{id}/response.</summary>
    HttpResponse Response(string requestId, HttpRequest request);

    /// <summary>POST runtime/invocation/{id}/error.</summary>
    HttpResponse Error(string requestId, HttpRequest request);

    /// <summary>POST runtime/init/error.</summary>
    HttpResponse InitError(HttpRequest request);

    /// <summary>GET runtime/restore/next: the before-snapshot hooks have run.</summary>
    ValueTask<HttpResponse> RestoreNextAsync(HttpRequest request);

    /// <summary>POST runtime/restore/error: an after-restore hook has failed.</summary>
    HttpResponse RestoreError(HttpRequest request);

    /// <summary>POST extension/register.</summary>
    ValueTask<HttpResponse> RegisterExtensionAsync(HttpRequest request);

    /// <summary>GET extension/event/next.</summary>
    ValueTask<HttpResponse> NextExtensionEventAsync(HttpRequest request);

    /// <summary>POST extension/init/error and extension/exit/error.</summary>
    HttpResponse ExtensionError(HttpRequest request, bool isInit);
}
