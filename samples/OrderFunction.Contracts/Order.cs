namespace OrderFunction.Contracts;

/// <summary>An order as the client sends it. The client chooses the id, so that sending an order again is harmless.</summary>
public sealed record Order
{
    public required string Id { get; init; }

    public required IReadOnlyList<OrderItem> Items { get; init; }
}
