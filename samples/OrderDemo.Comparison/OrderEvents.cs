using OrderFunction.Contracts;
using WarmContext.Testing;

namespace OrderDemo;

/// <summary>Events as API Gateway sends them, and what the function answers.</summary>
public static class OrderEvents
{
    /// <summary>An event with an order of three products.</summary>
    public static string Order(string id, int seed)
    {
        var order = new Order { Id = id, Items = [.. Enumerable.Range(0, 3).Select(Item)] };
        return Event(JsonSerializer.Serialize(order, OrderJson.Default.Order));

        OrderItem Item(int number) => new()
        {
            Product = OrderBucket.Product(((seed * 7919) + (number * 13)) % OrderBucket.Products),
            Quantity = number + 1,
        };
    }

    /// <summary>An event with a body.</summary>
    public static string Event(string? body) =>
        JsonSerializer.Serialize(new HttpApiEvent { Version = "2.0", Body = body }, OrderJson.Default.HttpApiEvent);

    /// <summary>Why the order was not accepted; null when it was.</summary>
    public static string? Refusal(InvocationOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        if (outcome.Error is { } error)
        {
            return $"{error.Type}: {error.Message}";
        }

        HttpApiResponse response = Response(outcome);
        return response.StatusCode == 201 ? null : $"{response.StatusCode}: {response.Body}";
    }

    public static OrderReceipt Receipt(InvocationOutcome outcome) =>
        JsonSerializer.Deserialize(Response(outcome).Body, OrderJson.Default.OrderReceipt)!;

    public static HttpApiResponse Response(InvocationOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(outcome);
        return JsonSerializer.Deserialize(outcome.Payload.Span, OrderJson.Default.HttpApiResponse)!;
    }
}
