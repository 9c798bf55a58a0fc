using Amazon.Lambda.Core;

namespace WarmContext.Lambda;

/// <content>Handlers as delegates, for executable functions, and synchronous ones.</content>
public sealed partial class WarmHandler
{
    /// <summary>
    /// Wraps a handler in the delegate that a bootstrap takes: <c>LambdaBootstrapBuilder.Create(warm.Wrap&lt;Order, string&gt;(…),
    /// serializer)</c>.
    /// </summary>
    /// <typeparam name="TInput">The event.</typeparam>
    /// <typeparam name="TOutput">The result.</typeparam>
    /// <param name="handler">The handler.</param>
    /// <exception cref="ArgumentNullException"><paramref name="handler"/> is null.</exception>
    public Func<TInput, ILambdaContext, Task<TOutput>> Wrap<TInput, TOutput>(Func<TInput, Invocation, Task<TOutput>> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return (input, context) => RunAsync(input, context, handler);
    }

    /// <summary>Wraps a handler that returns nothing, or writes its result to a response stream.</summary>
    /// <typeparam name="TInput">The event.</typeparam>
    /// <param name="handler">The handler.</param>
    /// <exception cref="ArgumentNullException"><paramref name="handler"/> is null.</exception>
    public Func<TInput, ILambdaContext, Task> Wrap<TInput>(Func<TInput, Invocation, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return (input, context) => RunAsync(input, context, handler);
    }

    /// <summary>Wraps a handler that also takes the context.</summary>
    /// <typeparam name="TInput">The event.</typeparam>
    /// <typeparam name="TOutput">The result.</typeparam>
    /// <param name="handler">The handler.</param>
    /// <exception cref="ArgumentNullException"><paramref name="handler"/> is null.</exception>
    public Func<TInput, ILambdaContext, Task<TOutput>> Wrap<TInput, TOutput>(
        Func<TInput, ILambdaContext, Invocation, Task<TOutput>> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return (input, context) => RunAsync(
            (input, context, handler), context, static (state, invocation) => state.handler(state.input, state.context, invocation));
    }

    /// <summary>Wraps a handler that takes no input.</summary>
    /// <typeparam name="TOutput">The result.</typeparam>
    /// <param name="handler">The handler.</param>
    /// <exception cref="ArgumentNullException"><paramref name="handler"/> is null.</exception>
    public Func<ILambdaContext, Task<TOutput>> Wrap<TOutput>(Func<Invocation, Task<TOutput>> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return context => RunAsync(context, handler);
    }

    /// <summary>Wraps a handler that takes no input and returns nothing.</summary>
    /// <param name="handler">The handler.</param>
    /// <exception cref="ArgumentNullException"><paramref name="handler"/> is null.</exception>
    public Func<ILambdaContext, Task> Wrap(Func<Invocation, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return context => RunAsync(context, handler);
    }

    /// <summary>
    /// Runs a synchronous handler, and blocks until its background work has ended. Prefer the asynchronous forms, which block no thread.
    /// </summary>
    /// <typeparam name="TInput">The event.</typeparam>
    /// <typeparam name="TOutput">The result.</typeparam>
    /// <param name="input">The event.</param>
    /// <param name="context">The context that Lambda handed to the function.</param>
    /// <param name="handler">The handler.</param>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> or <paramref name="handler"/> is null.</exception>
    /// <exception cref="BackgroundTaskException">
    /// Background work didn't complete, under <see cref="BackgroundFailurePolicy.FailInvocation"/>.
    /// </exception>
    public TOutput Run<TInput, TOutput>(TInput input, ILambdaContext context, Func<TInput, Invocation, TOutput> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return RunAsync((input, handler), context, static (state, invocation) => Task.FromResult(state.handler(state.input, invocation)))
            .GetAwaiter().GetResult();
    }

    /// <summary>Runs a handler whose result is a <see cref="ValueTask{TResult}"/>.</summary>
    /// <typeparam name="TInput">The event.</typeparam>
    /// <typeparam name="TOutput">The result.</typeparam>
    /// <param name="input">The event.</param>
    /// <param name="context">The context that Lambda handed to the function.</param>
    /// <param name="handler">The handler.</param>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> or <paramref name="handler"/> is null.</exception>
    /// <exception cref="BackgroundTaskException">
    /// Background work didn't complete, under <see cref="BackgroundFailurePolicy.FailInvocation"/>.
    /// </exception>
    public ValueTask<TOutput> RunValueTaskAsync<TInput, TOutput>(
        TInput input, ILambdaContext context, Func<TInput, Invocation, ValueTask<TOutput>> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return new ValueTask<TOutput>(
            RunAsync((input, handler), context, static (state, invocation) => state.handler(state.input, invocation).AsTask()));
    }
}
