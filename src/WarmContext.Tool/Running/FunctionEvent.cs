namespace WarmContext.Tool.Running;

/// <summary>An event to invoke the function with.</summary>
/// <param name="Name">Where it comes from: the file's name.</param>
/// <param name="Payload">The JSON.</param>
internal sealed record FunctionEvent(string Name, ReadOnlyMemory<byte> Payload);
