using System.Text;
using System.Text.Json;

namespace OrderFunction.Contracts;

/// <summary>Reads the order out of an event, and refuses what isn't one in words that the caller can act on.</summary>
public static class OrderRequest
{
    private const int MaxIdLength = 64;
    private const int MaxItems = 100;
    private const int MaxQuantity = 10_000;

    /// <summary>An event with an order of one product, such as priming needs.</summary>
    public static Stream Example(string product)
    {
        var order = new Order { Id = "example", Items = [new OrderItem { Product = product, Quantity = 1 }] };
        var request = new HttpApiEvent { Version = "2.0", Body = JsonSerializer.Serialize(order, OrderJson.Default.Order) };
        return new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(request, OrderJson.Default.HttpApiEvent));
    }

    /// <exception cref="BadRequestException">There is no valid order in the event.</exception>
    public static async Task<Order> ReadAsync(Stream input)
    {
        HttpApiEvent? request;
        try
        {
            request = await JsonSerializer.DeserializeAsync(input, OrderJson.Default.HttpApiEvent);
        }
        catch (JsonException e)
        {
            throw new BadRequestException($"The event is not an API Gateway HTTP API event: {e.Message}", e);
        }

        if (request is not { Version: "2.0" })
        {
            throw new BadRequestException(
                $"The event has payload format version '{request?.Version}'; "
                    + "this function takes version '2.0' of API Gateway's HTTP APIs.");
        }

        return Validated(Parse(BodyOf(request)));
    }

    private static string BodyOf(HttpApiEvent request)
    {
        if (string.IsNullOrWhiteSpace(request.Body))
        {
            throw new BadRequestException(
                """The request has no body; send an order such as {"id":"o-1","items":[{"product":"p-1","quantity":2}]}.""");
        }

        try
        {
            return request.IsBase64Encoded ? Encoding.UTF8.GetString(Convert.FromBase64String(request.Body)) : request.Body;
        }
        catch (FormatException e)
        {
            throw new BadRequestException("The event says that its body is Base64, but it is not.", e);
        }
    }

    private static Order Parse(string body)
    {
        try
        {
            return JsonSerializer.Deserialize(body, OrderJson.Default.Order)
                ?? throw new BadRequestException("The body is null instead of an order.");
        }
        catch (JsonException e)
        {
            throw new BadRequestException($"The body is not an order: {e.Message}", e);
        }
    }

    private static Order Validated(Order order)
    {
        // The id becomes part of an object key.
        if (order.Id is not { Length: > 0 and <= MaxIdLength }
            || !order.Id.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
        {
            throw new BadRequestException($"The order's id is '{order.Id}'; allowed are 1 to {MaxIdLength} letters, digits, '-' and '_'.");
        }

        if (order.Items is not { Count: > 0 and <= MaxItems })
        {
            throw new BadRequestException($"The order has {order.Items?.Count ?? 0} items; allowed are 1 to {MaxItems}.");
        }

        var products = new HashSet<string>(StringComparer.Ordinal);
        foreach (OrderItem? item in order.Items)
        {
            if (string.IsNullOrEmpty(item?.Product) || !products.Add(item.Product))
            {
                throw new BadRequestException($"An item names the product '{item?.Product}'; each must name one, and none twice.");
            }

            if (item.Quantity is < 1 or > MaxQuantity)
            {
                throw new BadRequestException($"The quantity of '{item.Product}' is {item.Quantity}; allowed are 1 to {MaxQuantity}.");
            }
        }

        return order;
    }
}
