using System.Text.Json;

namespace OrderFunction.Contracts;

/// <summary>What is kept of every accepted order, one S3 object each.</summary>
public sealed record AuditRecord(Order Order, OrderReceipt Receipt, string RequestId)
{
    public string Key => $"audit/{Order.Id}.json";

    public string ToJson() => JsonSerializer.Serialize(this, OrderJson.Default.AuditRecord);
}
