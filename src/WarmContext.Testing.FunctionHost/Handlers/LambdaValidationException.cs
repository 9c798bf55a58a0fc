namespace WarmContext.Testing.FunctionHost.Handlers;

/// <summary>
/// The handler string or the handler's shape is not one that Lambda can run. Named like the error type that Lambda reports for it.
/// </summary>
internal sealed class LambdaValidationException(string message) : Exception(message);
