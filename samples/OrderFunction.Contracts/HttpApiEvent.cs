namespace OrderFunction.Contracts;

/// <summary>The parts in use of an API Gateway HTTP API event, payload format 2.0.</summary>
public sealed record HttpApiEvent
{
    public string? Version { get; init; }

    public string? Body { get; init; }

    public bool IsBase64Encoded { get; init; }
}
