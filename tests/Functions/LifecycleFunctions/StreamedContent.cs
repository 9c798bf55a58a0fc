using System.Net;

namespace LifecycleFunctions;

/// <summary>A response that is on its way while the handler still writes it, as the runtime client of AWS sends streamed ones.</summary>
internal sealed class StreamedContent(Func<Stream, Task> write) : HttpContent
{
    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => write(stream);

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
