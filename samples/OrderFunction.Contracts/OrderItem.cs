namespace OrderFunction.Contracts;

/// <summary>One line of an order.</summary>
public sealed record OrderItem
{
    public required string Product { get; init; }

    public required int Quantity { get; init; }
}
