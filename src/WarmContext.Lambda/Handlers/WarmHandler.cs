using Amazon.Lambda.Core;
using WarmContext.Lambda.AfterResponse;
using WarmContext.Lambda.Diagnostics;

namespace WarmContext.Lambda;

/// <summary>
/// Wraps a Lambda handler: begins the <see cref="Invocation"/>, revalidates resources after a long gap, runs the code, and returns when its
/// background work has ended. Create it in the handler class's constructor or static constructor.
/// </summary>
/// <remarks>
/// <para>Safe to use from several threads at once, so also on Lambda Managed Instances.</para>
/// <para>
/// A static field of a class without a static constructor is initialized at its first use, in the first invocation. That is too late for
/// what must happen in Init: a warm-up, or the registration of an internal extension under
/// <see cref="BackgroundCompletion.AfterResponse"/>.
/// </para>
/// </remarks>
/// <example>
/// <code>
/// private readonly WarmHandler _warm = new();
///
/// public Task&lt;string&gt; Handle(Order order, ILambdaContext context) =>
///     _warm.RunAsync(order, context, async (order, invocation) =>
///     {
///         invocation.Background.Run("audit", ct => AuditAsync(order, ct));
///         return "accepted";
///     });
/// </code>
/// </example>
public sealed partial class WarmHandler
{
    private static readonly TimeSpan s_maxTimeout = TimeSpan.FromDays(1);

    private readonly InvocationRunner _runner;

    /// <summary>Creates a wrapper.</summary>
    /// <param name="options">How invocations are run; null means all defaults.</param>
    /// <param name="mechanism">How the environment is kept awake under <see cref="BackgroundCompletion.AfterResponse"/>.</param>
    /// <exception cref="ArgumentException">An option has a value that isn't allowed.</exception>
    public WarmHandler(InvocationOptions? options = null, AfterResponseMechanism mechanism = AfterResponseMechanism.Automatic)
        : this(new InvocationRunner(options), mechanism)
    {
    }

    /// <summary>Creates a wrapper with a runner, as dependency injection does.</summary>
    /// <param name="runner">Runs the invocations. A runner without a <see cref="InvocationRunner.FreezeGuard"/> gets one.</param>
    /// <param name="mechanism">How the environment is kept awake under <see cref="BackgroundCompletion.AfterResponse"/>.</param>
    /// <exception cref="ArgumentNullException"><paramref name="runner"/> is null.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="mechanism"/> is not a defined value.</exception>
    public WarmHandler(InvocationRunner runner, AfterResponseMechanism mechanism = AfterResponseMechanism.Automatic)
    {
        ArgumentNullException.ThrowIfNull(runner);
        if (mechanism is < AfterResponseMechanism.Automatic or > AfterResponseMechanism.InternalExtension)
        {
            throw new ArgumentOutOfRangeException(
                nameof(mechanism), mechanism,
                $"The mechanism is {mechanism}; it must be one of {string.Join(", ", Enum.GetNames<AfterResponseMechanism>())}.");
        }

        _runner = runner.BackgroundCompletion == BackgroundCompletion.AfterResponse && runner.FreezeGuard is null
            ? runner.WithFreezeGuard(FreezeGuardSelection.For(runner.Environment, mechanism))
            : runner;

        RuntimeLogger.ConnectLog(runner.Environment);
        SnapStart.Arm(runner.Environment);
    }

    /// <summary>
    /// A context to call a handler with in Init, so that the first request finds its whole path compiled, its clients created and its
    /// connections open. The call is an <see cref="Invocation"/> with <see cref="Invocation.IsPriming"/> set. The handler must check that:
    /// roll its transaction back, send no message. The invocation has no deadline and isn't counted, and its background work has ended when
    /// the handler returns.
    /// </summary>
    /// <remarks>
    /// <para>
    /// The context is complete. Its remaining time is what is left of the running <see cref="WarmUp"/>'s budget, 9 s where none runs; its
    /// logger writes as the runtime's does; its identity and client context have no values; its ARN has the account 000000000000, and its
    /// request id is all zeros.
    /// </para>
    /// <para>
    /// There is no response to stream in Init: a handler that streams must write elsewhere where <see cref="Invocation.IsPriming"/> is set,
    /// for example to <see cref="Stream.Null"/>. One that asks for a response stream throws, and says so.
    /// </para>
    /// </remarks>
    /// <example>
    /// <code>
    /// public Function() => new WarmUp()
    ///     .Prime("an order", _ => HandleAsync(s_example, WarmHandler.PrimingContext))
    ///     .Run();
    /// </code>
    /// </example>
    public static ILambdaContext PrimingContext => new Handlers.PrimingContext(ExecutionEnvironment.Current);

    /// <summary>Runs a handler that takes an input and returns a result.</summary>
    /// <typeparam name="TInput">The event.</typeparam>
    /// <typeparam name="TOutput">The result.</typeparam>
    /// <param name="input">The event.</param>
    /// <param name="context">The context that Lambda handed to the function.</param>
    /// <param name="handler">The handler.</param>
    /// <returns>The handler's result, when its background work has ended.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> or <paramref name="handler"/> is null.</exception>
    /// <exception cref="BackgroundTaskException">
    /// Background work didn't complete, under <see cref="BackgroundFailurePolicy.FailInvocation"/>.
    /// </exception>
    public Task<TOutput> RunAsync<TInput, TOutput>(TInput input, ILambdaContext context, Func<TInput, Invocation, Task<TOutput>> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return StartAsync(context, (input, handler), static (state, invocation) => state.handler(state.input, invocation));
    }

    /// <summary>Runs a handler that takes an input and returns nothing.</summary>
    /// <typeparam name="TInput">The event.</typeparam>
    /// <param name="input">The event.</param>
    /// <param name="context">The context that Lambda handed to the function.</param>
    /// <param name="handler">The handler.</param>
    /// <returns>A task that ends when the handler and its background work have ended.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> or <paramref name="handler"/> is null.</exception>
    /// <exception cref="BackgroundTaskException">
    /// Background work didn't complete, under <see cref="BackgroundFailurePolicy.FailInvocation"/>.
    /// </exception>
    public Task RunAsync<TInput>(TInput input, ILambdaContext context, Func<TInput, Invocation, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return StartAsync(context, (input, handler), static async (state, invocation) =>
        {
            await state.handler(state.input, invocation).ConfigureAwait(false);
            return true;
        });
    }

    /// <summary>Runs a handler that takes no input and returns a result.</summary>
    /// <typeparam name="TOutput">The result.</typeparam>
    /// <param name="context">The context that Lambda handed to the function.</param>
    /// <param name="handler">The handler.</param>
    /// <returns>The handler's result, when its background work has ended.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> or <paramref name="handler"/> is null.</exception>
    /// <exception cref="BackgroundTaskException">
    /// Background work didn't complete, under <see cref="BackgroundFailurePolicy.FailInvocation"/>.
    /// </exception>
    public Task<TOutput> RunAsync<TOutput>(ILambdaContext context, Func<Invocation, Task<TOutput>> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return StartAsync(context, handler, static (handler, invocation) => handler(invocation));
    }

    /// <summary>Runs a handler that takes no input and returns nothing.</summary>
    /// <param name="context">The context that Lambda handed to the function.</param>
    /// <param name="handler">The handler.</param>
    /// <returns>A task that ends when the handler and its background work have ended.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="context"/> or <paramref name="handler"/> is null.</exception>
    /// <exception cref="BackgroundTaskException">
    /// Background work didn't complete, under <see cref="BackgroundFailurePolicy.FailInvocation"/>.
    /// </exception>
    public Task RunAsync(ILambdaContext context, Func<Invocation, Task> handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return StartAsync(context, handler, static async (handler, invocation) =>
        {
            await handler(invocation).ConfigureAwait(false);
            return true;
        });
    }

    /// <summary>What keeps the environment awake after a response; null where nothing does.</summary>
    internal IFreezeGuard? FreezeGuard => _runner.FreezeGuard;

    private DateTimeOffset Now => _runner.Environment.Clock.TimeProvider.GetUtcNow();

    private Task<TOutput> StartAsync<TState, TOutput>(ILambdaContext context, TState state, Func<TState, Invocation, Task<TOutput>> handler)
    {
        var running = _runner.RunAsync(Describe(context), state, handler);
        return context is Handlers.PrimingContext ? Handlers.PrimingResult.ExplainAsync(running) : running;
    }

    private InvocationInfo Describe(ILambdaContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (context is Handlers.PrimingContext)
        {
            return new InvocationInfo { RequestId = Handlers.PrimingContext.RequestId, IsPriming = true };
        }

        Handlers.ThreadPoolBurst.Check(_runner.Environment, context.AwsRequestId);

        // RemainingTime is the deadline less UtcNow, and negative after the deadline. Test contexts leave it at zero or set it very high;
        // neither is a limit, since a function's maximum timeout is 15 minutes.
        var remaining = context.RemainingTime;
        return new InvocationInfo
        {
            RequestId = string.IsNullOrEmpty(context.AwsRequestId) ? "unknown" : context.AwsRequestId,
            Deadline = remaining == TimeSpan.Zero || remaining > s_maxTimeout ? null
                : Now + (remaining > TimeSpan.Zero ? remaining : TimeSpan.Zero),
            InvokedFunctionArn = context.InvokedFunctionArn,

            // A context of the user's own may have none; the runtime sets the variable where one invocation runs at a time.
            TraceParent = context.TraceId is { Length: > 0 } traceId ? traceId : Environment.GetEnvironmentVariable("_X_AMZN_TRACE_ID"),
        };
    }
}
