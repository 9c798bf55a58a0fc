using System.Text;
using Amazon.Lambda.Core;

namespace TestFunctions;

/// <summary>Not JSON at all, so that it shows whether it was used.</summary>
public sealed class ShoutingSerializer : ILambdaSerializer
{
    public T Deserialize<T>(Stream requestStream) => (T)(object)new StreamReader(requestStream).ReadToEnd();

    public void Serialize<T>(T response, Stream responseStream)
    {
        ArgumentNullException.ThrowIfNull(responseStream);
        responseStream.Write(Encoding.UTF8.GetBytes(response + "!"));
    }
}
