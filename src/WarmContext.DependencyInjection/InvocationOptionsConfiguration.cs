namespace WarmContext.DependencyInjection;

/// <summary>One call's share in the configuration of <see cref="InvocationOptions"/>.</summary>
internal sealed record InvocationOptionsConfiguration(Action<InvocationOptions>? Configure);
