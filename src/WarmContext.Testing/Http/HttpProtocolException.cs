namespace WarmContext.Testing.Http;

/// <summary>What came in isn't HTTP/1.1 as it is spoken here.</summary>
internal sealed class HttpProtocolException(string message) : Exception(message);
