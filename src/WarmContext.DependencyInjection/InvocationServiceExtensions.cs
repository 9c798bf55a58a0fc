using Microsoft.Extensions.DependencyInjection;

namespace WarmContext.DependencyInjection;

/// <summary>Scoped services of an invocation.</summary>
public static class InvocationServiceExtensions
{
    /// <summary>
    /// Opens a scope that lives until the invocation is over, its background work included. So work that is tracked by
    /// <see cref="Invocation.Background"/> may go on using scoped services. Each call opens another scope: call it once in a handler.
    /// </summary>
    /// <param name="invocation">The invocation.</param>
    /// <param name="services">The root provider.</param>
    /// <returns>The scope's provider. It ends with the invocation: don't dispose it.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    /// <exception cref="InvalidOperationException">The invocation is over.</exception>
    public static IServiceProvider OpenScope(this Invocation invocation, IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(invocation);
        ArgumentNullException.ThrowIfNull(services);
        var scope = services.CreateAsyncScope();
        try
        {
            invocation.DisposeAtEnd(scope);
        }
        catch (InvalidOperationException)
        {
            scope.Dispose();
            throw;
        }

        return scope.ServiceProvider;
    }
}
