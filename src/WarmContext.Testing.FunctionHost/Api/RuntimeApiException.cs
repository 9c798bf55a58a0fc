namespace WarmContext.Testing.FunctionHost.Api;

/// <summary>The Runtime API can't be reached, or answered with something that isn't its protocol.</summary>
internal sealed class RuntimeApiException(string message) : Exception(message);
