namespace WarmContext.Testing.FunctionHost.Handlers;

/// <summary>The three parts of a handler string.</summary>
internal sealed record HandlerName(string Assembly, string Type, string Method)
{
    private const string Form = "It must be Assembly::Namespace.Type::Method, for example Orders::Orders.Functions::PlaceOrder.";

    public static HandlerName Parse(string handler)
    {
        if (string.IsNullOrWhiteSpace(handler))
        {
            throw new LambdaValidationException($"The handler is empty. {Form}");
        }

        var parts = handler.Split("::", 3);
        if (parts.Length < 3)
        {
            throw new LambdaValidationException($"The handler '{handler}' has {parts.Length} of its 3 parts. {Form}");
        }

        var name = new HandlerName(parts[0].Trim(), parts[1].Trim(), parts[2].Trim());
        var missing = name.Assembly.Length == 0 ? "assembly" : name.Type.Length == 0 ? "type" : name.Method.Length == 0 ? "method" : null;
        return missing is null
            ? name
            : throw new LambdaValidationException($"The handler '{handler}' names no {missing}. {Form}");
    }
}
