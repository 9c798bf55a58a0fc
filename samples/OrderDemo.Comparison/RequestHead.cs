namespace OrderDemo;

/// <summary>A request line and its headers, as they came.</summary>
internal sealed record RequestHead(byte[] Bytes, long ContentLength);
