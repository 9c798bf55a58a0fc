using System.Text.Json;

namespace OrderFunction.Contracts;

/// <summary>The model file that orders are priced with.</summary>
public sealed record PriceModel
{
    public required int Version { get; init; }

    public required IReadOnlyDictionary<string, decimal> Prices { get; init; }

    /// <exception cref="InvalidDataException">The file isn't a price model.</exception>
    public static PriceModel Parse(Stream file)
    {
        try
        {
            return JsonSerializer.Deserialize(file, OrderJson.Default.PriceModel) is { Prices: not null } model
                ? model
                : throw new InvalidDataException("The price model has no prices.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The price model is not valid: {e.Message}", e);
        }
    }

    /// <exception cref="BadRequestException">The model doesn't know a product.</exception>
    public OrderReceipt Price(Order order)
    {
        ArgumentNullException.ThrowIfNull(order);
        return new OrderReceipt(order.Id, order.Items.Sum(item => item.Quantity * PriceOf(item.Product)), Version);
    }

    public decimal PriceOf(string product) =>
        Prices.TryGetValue(product, out decimal price)
            ? price
            : throw new BadRequestException($"There is no product '{product}' in version {Version} of the price list.");
}
