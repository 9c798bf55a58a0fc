using System.Text.Json.Serialization;

namespace OrderFunction.Contracts;

/// <summary>Serialization code generated at build time: no reflection in a cold start, and none that Native AOT would miss.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(HttpApiEvent))]
[JsonSerializable(typeof(HttpApiResponse))]
[JsonSerializable(typeof(ErrorMessage))]
[JsonSerializable(typeof(Order))]
[JsonSerializable(typeof(OrderReceipt))]
[JsonSerializable(typeof(AuditRecord))]
[JsonSerializable(typeof(PriceModel))]
public sealed partial class OrderJson : JsonSerializerContext;
