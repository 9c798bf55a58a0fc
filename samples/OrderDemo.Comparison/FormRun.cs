using System.Globalization;
using OrderFunction.Contracts;
using WarmContext.Testing;

namespace OrderDemo;

/// <summary>
/// One form in execution environments on this machine, with a database and a bucket of its own. Invokes it and keeps the figures.
/// </summary>
public sealed class FormRun : IAsyncDisposable
{
    private readonly FunctionForm _form;
    private readonly OrderDatabase _database;
    private readonly OrderBucket _bucket;
    private readonly DemoOptions _options;
    private LocalExecutionEnvironment? _environment;
    private bool _invoked;
    private int _lastOrder;

    public FormRun(FunctionForm form, OrderDatabase database, OrderBucket bucket, DemoOptions options)
    {
        ArgumentNullException.ThrowIfNull(form);
        _form = form;
        _database = database;
        _bucket = bucket;
        _options = options;
        Result = new FormResult(form.Name);
    }

    public FormResult Result { get; }

    /// <summary>The version of the model that orders should be priced with.</summary>
    public int ModelVersion { get; set; } = 1;

    /// <summary>Starts an execution environment, in place of the one before.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await ReclaimAsync(cancellationToken);
        _invoked = false;
        _environment = await LocalExecutionEnvironment.StartAsync(
            new LocalFunctionOptions
            {
                Handler = _form.Handler,
                AssemblyDirectory = _form.Directory,
                FunctionName = $"orders-{_form.Name}",
                MemoryMegabytes = 1769,
                Environment = FunctionVariables.For(_database, _bucket, _options.ModelMaximumAge),
            },
            cancellationToken);
    }

    /// <summary>Sends the next order, once the environment is frozen. Failures are counted, not thrown.</summary>
    public async Task<InvocationOutcome> InvokeAsync(CancellationToken cancellationToken)
    {
        LocalExecutionEnvironment environment = _environment
            ?? throw new InvalidOperationException("There is no environment; start one first.");
        string order = string.Create(CultureInfo.InvariantCulture, $"order-{++_lastOrder}");
        InvocationOutcome outcome = await environment.InvokeAsync(OrderEvents.Order(order, _lastOrder), cancellationToken);
        Record(outcome);
        _invoked = true;
        await environment.WaitUntilFrozenAsync(cancellationToken);
        return outcome;
    }

    public async Task InvokeAsync(int times, CancellationToken cancellationToken)
    {
        for (int i = 0; i < times; i++)
        {
            await InvokeAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Ends the environment while it is frozen, as Lambda does with one that it no longer needs: the function is not told.
    /// </summary>
    public async Task ReclaimAsync(CancellationToken cancellationToken)
    {
        if (_environment is { } environment)
        {
            await environment.WaitUntilFrozenAsync(cancellationToken);
            _environment = null;
            await environment.DisposeAsync();
        }
    }

    /// <summary>Ends the environment and reads what the servers have counted.</summary>
    public async Task<FormResult> FinishAsync(CancellationToken cancellationToken)
    {
        await ReclaimAsync(cancellationToken);
        Result.ConnectionsOpened = await _database.ConnectionsOpenedAsync(cancellationToken);

        // What has left the function still arrives.
        while (_bucket.Relay.Connections > 0)
        {
            await Task.Delay(20, cancellationToken);
        }

        Result.S3Requests = _bucket.Relay.Requests;
        Result.AuditRecords = await _bucket.AuditRecordsAsync(cancellationToken);
        return Result;
    }

    public async ValueTask DisposeAsync()
    {
        if (_environment is { } environment)
        {
            await environment.DisposeAsync();
        }
    }

    private void Record(InvocationOutcome outcome)
    {
        if (OrderEvents.Refusal(outcome) is { } refusal)
        {
            Result.AddFailure(refusal);
            return;
        }

        if (OrderEvents.Receipt(outcome).ModelVersion != ModelVersion)
        {
            Result.OldPrices++;
        }

        if (_invoked)
        {
            Result.AddWarm(outcome.Duration);
        }
        else
        {
            Result.AddFirst(outcome.InitDuration ?? TimeSpan.Zero, outcome.Duration);
        }
    }
}
