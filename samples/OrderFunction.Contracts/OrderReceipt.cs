namespace OrderFunction.Contracts;

/// <summary>What the client gets for an accepted order.</summary>
public sealed record OrderReceipt(string OrderId, decimal Total, int ModelVersion);
