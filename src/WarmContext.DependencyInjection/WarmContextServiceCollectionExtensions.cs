using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using WarmContext;
using WarmContext.DependencyInjection;

// The namespace in which service collections are set up, so that the methods are there without another using.
namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds WarmContext to a service collection.</summary>
public static class WarmContextServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="ExecutionEnvironment"/> and <see cref="InvocationRunner"/> as singletons and the current <see cref="Invocation"/> as
    /// a scoped service. WarmContext's log entries go to <see cref="ILogger"/> from when the runner is resolved until the provider is
    /// disposed. Another call adds to the configuration and nothing else.
    /// </summary>
    /// <param name="services">The service collection.</param>
    /// <param name="configure">Sets how invocations are run. Default: null, all defaults.</param>
    /// <returns>The same collection.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    public static IServiceCollection AddWarmContext(this IServiceCollection services, Action<InvocationOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddSingleton(new InvocationOptionsConfiguration(configure));
        services.TryAddSingleton(static _ => ExecutionEnvironment.Current);

        // A service, so that it is disposed with the provider. Null where there is no logging.
        services.TryAddSingleton(static provider =>
            provider.GetService<ILoggerFactory>() is { } loggers ? new LoggerBridge(loggers) : null!);
        services.TryAddSingleton(static provider =>
        {
            var options = new InvocationOptions { Environment = provider.GetRequiredService<ExecutionEnvironment>() };
            foreach (var configuration in provider.GetServices<InvocationOptionsConfiguration>())
            {
                configuration.Configure?.Invoke(options);
            }

            provider.GetService<LoggerBridge>()?.Connect();

            return new InvocationRunner(options);
        });

        // Not disposed with the scope: the invocation ends when its handler and background work have.
        services.TryAddScoped(static _ => Invocation.Current);
        return services;
    }

    /// <summary>Adds a <see cref="Warm{T}"/> as a singleton. Its factory may use other services.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="services">The service collection.</param>
    /// <param name="factory">Makes the value at first use; see <see cref="Warm{T}"/>.</param>
    /// <param name="configure">Sets when the value is checked and replaced. Default: null, never.</param>
    /// <returns>The same collection.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IServiceCollection AddWarm<T>(
        this IServiceCollection services, Func<IServiceProvider, T> factory, Action<WarmOptions<T>>? configure = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(factory);
        return services.AddSingleton(provider => new Warm<T>(() => factory(provider), Options(provider, configure)));
    }

    /// <summary>Adds a <see cref="Warm{T}"/> as a singleton. Its factory is asynchronous and may use other services.</summary>
    /// <typeparam name="T">The type of the value.</typeparam>
    /// <param name="services">The service collection.</param>
    /// <param name="factory">Makes the value at first use; see <see cref="Warm{T}"/>.</param>
    /// <param name="configure">Sets when the value is checked and replaced. Default: null, never.</param>
    /// <returns>The same collection.</returns>
    /// <exception cref="ArgumentNullException">An argument is null.</exception>
    public static IServiceCollection AddWarm<T>(
        this IServiceCollection services,
        Func<IServiceProvider, CancellationToken, Task<T>> factory,
        Action<WarmOptions<T>>? configure = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(factory);
        return services.AddSingleton(provider =>
            new Warm<T>(cancellationToken => factory(provider, cancellationToken), Options(provider, configure)));
    }

    private static WarmOptions<T> Options<T>(IServiceProvider provider, Action<WarmOptions<T>>? configure)
        where T : class
    {
        var options = new WarmOptions<T> { Environment = provider.GetService<ExecutionEnvironment>() ?? ExecutionEnvironment.Current };
        configure?.Invoke(options);
        return options;
    }
}
